using System.Text.Json;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Msrc;

/// <summary>
/// Makes advisories of a document. Microsoft's products are Windows Server with its desktop and as Server Core; Nano Server, of which many images are made, is none:
/// an image that may be it gets a doubt.
/// </summary>
internal static class MsrcAdvisories
{
    public const string IdPrefix = "MSRC-";

    public static IEnumerable<AdvisoryItem> Of(string documentId, MsrcDocument document) => document.Vulnerabilities.DistinctBy(vulnerability => vulnerability.Cve).Select(vulnerability => Item(documentId, vulnerability));

    private static AdvisoryItem Item(string documentId, MsrcVulnerability vulnerability)
    {
        // The same CVE may stand in the documents of several months.
        var id = $"{IdPrefix}{documentId}-{vulnerability.Cve}";
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schema_version = "1.7.0",
            id,
            modified = vulnerability.Modified,
            published = vulnerability.Published,
            aliases = new[] { vulnerability.Cve },
            summary = vulnerability.Title,
            details = $"{vulnerability.Title}\n\nFixed with {string.Join(", ", vulnerability.Fixes.Select(fix => fix.Build))}.\n\n"
                + (vulnerability.Exploitation is { } exploitation ? $"Microsoft on exploitation: {exploitation.Replace(";", ", ", StringComparison.Ordinal)}.\n\n" : "")
                + "What is said of Windows' files holds for the image. A container with process isolation runs on the kernel of its host, which has updates of its own.",
            severity = vulnerability.Vector is { } vector ? [new { type = "CVSS_V3", score = vector }] : Array.Empty<object>(),
            affected = vulnerability.Fixes.SelectMany(Affected),
            references = new[] { new { type = "ADVISORY", url = $"https://msrc.microsoft.com/update-guide/vulnerability/{vulnerability.Cve}" } },
            database_specific = new { severity = vulnerability.Word ?? "" },
        });
        return AdvisoryItem.Parse(id, json);
    }

    private static IEnumerable<Dictionary<string, object>> Affected(MsrcFix fix)
    {
        yield return Entry(fix.Ecosystem, WindowsEdition.ServerCore, fix.CoreBuild ?? fix.Build, fix.CoreBuild is null ? "Microsoft names Windows Server with its desktop, not its Server Core installation." : null);
        yield return Entry(fix.Ecosystem, WindowsEdition.NotTold, fix.Build, "Microsoft tells it of Windows Server and not of Nano Server; which of both this image is made of is not known.");
    }

    private static Dictionary<string, object> Entry(string ecosystem, string name, string build, string? doubt)
    {
        var entry = new Dictionary<string, object>
        {
            ["package"] = new { ecosystem, name },
            ["ranges"] = new[] { new { type = "ECOSYSTEM", events = new object[] { new { introduced = "0" }, new { @fixed = build } } } },
        };
        if (doubt is not null)
        {
            entry["database_specific"] = new Dictionary<string, string> { [OsvReader.DoubtName] = $"Fixed with build {build}. {doubt}" };
        }

        return entry;
    }
}
