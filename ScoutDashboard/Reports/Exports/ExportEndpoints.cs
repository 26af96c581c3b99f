using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Downloads of one image; only for members of its organization and its API keys, for all others it does not exist.</summary>
internal static class ExportEndpoints
{
    private const int CsvPage = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/images/{id:long}/sbom.cdx.json", (HttpContext context, long id, SbomReport report, CancellationToken cancellationToken) =>
            SbomAsync(context, id, report, CycloneDxWriter.MediaType, "cdx.json", CycloneDxWriter.WriteAsync, cancellationToken)).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        endpoints.MapGet("/images/{id:long}/sbom.spdx.json", (HttpContext context, long id, SbomReport report, CancellationToken cancellationToken) =>
            SbomAsync(context, id, report, SpdxWriter.MediaType, "spdx.json", SpdxWriter.WriteAsync, cancellationToken)).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        endpoints.MapGet("/images/find", FindAsync).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        endpoints.MapGet("/images/{id:long}/findings.csv", FindingsAsync).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
    }

    private static async Task<IResult> FindAsync(HttpContext context, ImageFinder finder, string? registry, string? repository, string? digest, string? tag, CancellationToken cancellationToken) =>
        ImageQuery.TryParse(registry, repository, digest, tag, out var error) is not { } query ? Results.Json(new { error }, Json, statusCode: StatusCodes.Status400BadRequest)
        : await finder.FindAsync(Visitor.OrganizationOf(context.User), query, cancellationToken) is { } found ? Results.Json(found, Json) : Results.NotFound();

    private static async Task SbomAsync(
        HttpContext context, long id, SbomReport report, string mediaType, string ending, Func<SbomContent, Stream, CancellationToken, Task> writeAsync, CancellationToken cancellationToken)
    {
        var content = await report.FindAsync(Visitor.OrganizationOf(context.User), id, cancellationToken);
        if (content is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Download.Start(context.Response, mediaType, $"{content.Subject.FileName}.{ending}");
        await writeAsync(content, context.Response.Body, cancellationToken);
    }

    private static async Task FindingsAsync(
        HttpContext context, long id, ImageReport images, FindingsReport findings, SeverityLevel? severity, bool? fixable, bool? exploited, bool? accepted, FindingSort? sort, string? type, string? search, int? layer, CancellationToken cancellationToken)
    {
        var organization = Visitor.OrganizationOf(context.User);
        var image = await images.FindAsync(organization, id, cancellationToken);
        // Findings of an image that was not matched are not known: an empty file would say that there are none.
        if (image?.Image.Counts is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Download.Start(context.Response, FindingsCsv.MediaType, $"{image.Repository}-{(image.Tags is [var tag, ..] ? tag : image.Image.Digest[7..19])}-findings.csv");
        await context.Response.WriteAsync(FindingsCsv.Header, cancellationToken);
        var filter = new FindingFilter(severity, fixable == true, type, search, layer) { Exploited = exploited == true, Accepted = accepted, Sort = sort ?? FindingSort.Risk };
        for (var number = 1; ; number++)
        {
            var page = await findings.ListAsync(organization, id, filter, new PageRequest(number, CsvPage), cancellationToken);
            foreach (var row in page.Rows)
            {
                await context.Response.WriteAsync(FindingsCsv.Row(row), cancellationToken);
            }

            if (page.Rows.Count < CsvPage)
            {
                return;
            }
        }
    }
}
