using System.Globalization;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>The audit log as CSV, narrowed as its page is.</summary>
internal static class AuditExport
{
    public static async Task GetAsync(HttpContext context, AuditLog log, string? action, string? q, string? from, string? to, CancellationToken cancellationToken)
    {
        Download.Start(context.Response, CsvLine.MediaType, "audit-log.csv");
        await context.Response.WriteAsync(CsvLine.ByteOrderMark + CsvLine.Of("Time (UTC)", "Action", "By", "Subject", "Detail", "Address", "Account id", "Account id of the subject"), cancellationToken);
        await foreach (var line in log.ExportAsync(Visitor.OrganizationOf(context.User), AuditFilter.Of(action, q, from, to), cancellationToken))
        {
            await context.Response.WriteAsync(CsvLine.Of(
                line.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), line.Action.ToString(), line.Name, line.Subject, line.Detail, line.Address, line.AccountId ?? "", line.SubjectAccountId ?? ""), cancellationToken);
        }
    }
}
