using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Downloads of one image; only for members of its organization and its API keys, for all others it does not exist.</summary>
internal static class ExportEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/images/{id:long}/sbom.cdx.json", (HttpContext context, long id, SbomReport report, CancellationToken cancellationToken) =>
            SbomAsync(context, id, report, CycloneDxWriter.MediaType, "cdx.json", CycloneDxWriter.WriteAsync, cancellationToken)).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        endpoints.MapGet("/images/{id:long}/sbom.spdx.json", (HttpContext context, long id, SbomReport report, CancellationToken cancellationToken) =>
            SbomAsync(context, id, report, SpdxWriter.MediaType, "spdx.json", SpdxWriter.WriteAsync, cancellationToken)).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        endpoints.MapGet("/images/find", FindAsync).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        foreach (var export in new[] { FindingsExport.Csv, FindingsExport.Json, FindingsExport.Sarif })
        {
            endpoints.MapGet($"/images/{{id:long}}/findings.{export.Ending}", (HttpContext context, long id, ImageReport images, FindingsReport findings, [AsParameters] FindingQuery query, CancellationToken cancellationToken) =>
                FindingsAsync(context, id, images, findings, query, export, cancellationToken)).RequireAuthorization(Rights.ReadExports).RequireRateLimiting(ExportLimit.Policy);
        }
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

    private static async Task FindingsAsync(HttpContext context, long id, ImageReport images, FindingsReport findings, FindingQuery query, FindingsExport export, CancellationToken cancellationToken)
    {
        var organization = Visitor.OrganizationOf(context.User);
        var image = await images.FindAsync(organization, id, cancellationToken);
        // Findings of an image that was not matched are not known: an empty file would say that there are none.
        if (image?.Image.Counts is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Download.Start(context.Response, export.MediaType, $"{image.Repository}-{(image.Tags is [var tag, ..] ? tag : image.Image.Digest[7..19])}-findings.{export.Ending}");
        await export.WriteAsync(image, FindingsExport.ReadAsync(findings, organization, id, query.Filter, cancellationToken), context.Response.Body, cancellationToken);
    }
}
