using System.Text;

namespace ScoutDashboard.Images;

/// <summary>Writes lines of CSV (RFC 4180, UTF-8 with byte order mark); no cell can become a formula in a spreadsheet.</summary>
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
            line.Append(line.Length == 0 ? "" : ",").Append('"').Append(Harmless(cell ?? "").Replace("\"", "\"\"")).Append('"');
        }

        return line.Append("\r\n").ToString();
    }

    // OWASP, CSV injection: a leading sign that a spreadsheet would compute is told as text.
    private static string Harmless(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + cell : cell;
}
