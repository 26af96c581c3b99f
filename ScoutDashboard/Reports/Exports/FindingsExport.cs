using System.Runtime.CompilerServices;
using System.Text;

namespace ScoutDashboard.Reports.Exports;

/// <summary>A form in which an image's findings are written; every one is given the same rows, with what exceptions say of each.</summary>
/// <param name="Ending">Of the file's name.</param>
public sealed record FindingsExport(string MediaType, string Ending, Func<ImageView, IAsyncEnumerable<FindingRow>, Stream, CancellationToken, Task> WriteAsync)
{
    private const int Page = 500;

    public static readonly FindingsExport Csv = new(FindingsCsv.MediaType, "csv", WriteCsvAsync);
    public static readonly FindingsExport Json = new("application/json", "json", FindingsJson.WriteAsync);
    public static readonly FindingsExport Sarif = new("application/sarif+json", "sarif", SarifWriter.WriteAsync);

    /// <summary>All of the image's findings that fit, some at a time.</summary>
    public static async IAsyncEnumerable<FindingRow> ReadAsync(FindingsReport report, int organizationId, long imageId, FindingFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var page = await report.ListAsync(organizationId, imageId, filter, new PageRequest(number, Page), cancellationToken);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            if (page.Rows.Count < Page)
            {
                yield break;
            }
        }
    }

    private static async Task WriteCsvAsync(ImageView image, IAsyncEnumerable<FindingRow> rows, Stream destination, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(Encoding.UTF8.GetBytes(FindingsCsv.Header), cancellationToken);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            await destination.WriteAsync(Encoding.UTF8.GetBytes(FindingsCsv.Row(row)), cancellationToken);
        }
    }
}
