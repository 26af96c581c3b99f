using System.Globalization;
using System.Text;

namespace ScoutDashboard.Benchmarks;

/// <summary>The table that the run prints; what is under way goes to the error stream meanwhile.</summary>
internal sealed class Report
{
    private readonly StringBuilder _rows = new();

    /// <summary>Whether every goal that was measured was met.</summary>
    public bool IsGood { get; private set; } = true;

    public static void Note(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <param name="isMet">Null where the row has no goal.</param>
    public void Add(string what, FormattableString measured, string goal = "", bool? isMet = null)
    {
        IsGood &= isMet != false;
        var text = measured.ToString(CultureInfo.InvariantCulture);
        var verdict = isMet switch { true => "met", false => "**missed**", null => "" };
        _rows.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {text} | {goal} | {verdict} |");
        Note($"{what}: {text}");
    }

    public override string ToString() => $"| measurement | measured | goal | |\n|---|---|---|---|\n{_rows}";
}
