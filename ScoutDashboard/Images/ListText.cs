namespace ScoutDashboard.Images;

/// <summary>A setting that is a list: one text parted by commas or semicolons, or several texts, each of which may be parted in the same way.</summary>
public static class ListText
{
    public static string[] Split(IEnumerable<string?> texts) =>
        [.. texts.OfType<string>().SelectMany(text => text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
