using System.Text;

namespace ScoutDashboard.Images;

/// <summary>Writes lines of CSV (RFC 4180, UTF-8 with byte order mark); no cell can become a formula in a spreadsheet, steer a terminal or turn text around.</summary>
public static class CsvLine
{
    public const string MediaType = "text/csv; charset=utf-8";

    /// <summary>Begins the file: spreadsheets take it for another encoding without.</summary>
    public const string ByteOrderMark = "\uFEFF";

    public static string Of(params ReadOnlySpan<string?> cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells)
        {
            line.Append(line.Length == 0 ? "" : ",").Append('"').Append(Harmless(Shown(cell ?? "")).Replace("\"", "\"\"")).Append('"');
        }

        return line.Append("\r\n").ToString();
    }

    // Whoever prints the file in a terminal, or reads it in an editor, sees what is there. A cell may have lines of its own.
    private static string Shown(string cell) => string.Join('\n', cell.Split('\n').Select(line => DisplayText.Sanitise(line, int.MaxValue)));

    // OWASP, CSV injection: a leading sign that a spreadsheet would compute is told as text; some take the full-width ones of East Asian keyboards, too.
    private static string Harmless(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\n' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20' ? "'" + cell : cell;
}
