using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Msrc;

/// <summary>What one document of Microsoft's security updates tells of the Windows that container images are made of (CVRF 1.2 in the JSON form of api.msrc.microsoft.com, v3.0).</summary>
/// <param name="Vulnerabilities">Those that a build of Windows fixes.</param>
/// <param name="Rejected">Vulnerabilities of such a Windows for which no build is named.</param>
public sealed record MsrcDocument(IReadOnlyList<MsrcVulnerability> Vulnerabilities, int Rejected)
{
    private const string ServerCore = "Server Core";
    private const int Severity = 3, Exploitation = 1;
    private static readonly string[] Words = ["Low", "Moderate", "Important", "Critical"];

    /// <exception cref="FeedException">It is not this document.</exception>
    public static async Task<MsrcDocument> ReadAsync(string id, Stream json, CancellationToken cancellationToken)
    {
        using var document = await FeedJson.ParseAsync(json, $"The document {id}", cancellationToken);
        var root = document.RootElement;
        if (FeedJson.Member(root, "DocumentTracking") is not { } tracking || FeedJson.Member(tracking, "Identification") is not { } identification || Value(identification, "ID") != id
            || FeedJson.List(root, "Vulnerability") is not { } list)
        {
            throw new FeedException($"The file is not the document {id} of Microsoft's security updates.");
        }

        var published = FeedJson.Time(tracking, "InitialReleaseDate") ?? DateTime.UnixEpoch;
        var products = FeedJson.Member(root, "ProductTree") is { } tree ? Products(tree) : [];
        var read = list.Select(item => (Item: item, Told: Vulnerability(item, products, published))).ToList();
        return new MsrcDocument([.. read.Select(pair => pair.Told).OfType<MsrcVulnerability>()], read.Count(pair => pair.Told is null && IsAbout(pair.Item, products)));
    }

    // Containers began with Windows Server 2016; .NET Framework and others on a Windows are products of their own.
    private static Dictionary<string, string> Products(JsonElement tree)
    {
        var products = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var product in FeedJson.List(tree, "FullProductName") ?? default)
        {
            if (FeedJson.Text(product, "ProductID") is { } id && FeedJson.Text(product, "Value")?.Trim() is { } name && name.StartsWith("Windows Server", StringComparison.OrdinalIgnoreCase)
                && !name.Contains("2008", StringComparison.Ordinal) && !name.Contains("2012", StringComparison.Ordinal))
            {
                products.TryAdd(id, name);
            }
        }

        return products;
    }

    private static MsrcVulnerability? Vulnerability(JsonElement item, Dictionary<string, string> products, DateTime published)
    {
        if (FeedJson.Text(item, "CVE")?.Trim() is not { } cve || !CveId.IsValid(cve) || Fixes(item, products) is not { Count: > 0 } fixes)
        {
            return null;
        }

        var threats = (FeedJson.List(item, "Threats") ?? default).ToList();
        var dates = (FeedJson.List(item, "RevisionHistory") ?? default).Select(revision => FeedJson.Time(revision, "Date")).OfType<DateTime>().DefaultIfEmpty(published).ToList();
        var word = threats.Where(threat => IsOf(threat, Severity) && Names(threat, products).Any()).Select(threat => Value(threat, "Description")).MaxBy(text => Array.IndexOf(Words, text));
        return new MsrcVulnerability(
            cve, Value(item, "Title") ?? "", word, Vector(item, products), Value(threats.Find(threat => IsOf(threat, Exploitation)), "Description"), fixes, dates.Min(), dates.Max());
    }

    // Of several builds for one Windows the last; hot patches change a running system, which no image is.
    private static List<MsrcFix> Fixes(JsonElement item, Dictionary<string, string> products)
    {
        var fixes = new Dictionary<string, MsrcFix>(StringComparer.Ordinal);
        foreach (var remediation in FeedJson.List(item, "Remediations") ?? default)
        {
            var names = Names(remediation, products).ToList();
            if (names.Count == 0 || FeedJson.Text(remediation, "FixedBuild")?.Trim() is not { } build || Ecosystem.OfWindows(build) is not { } ecosystem
                || FeedJson.Text(remediation, "SubType")?.Contains("Hotpatch", StringComparison.OrdinalIgnoreCase) == true)
            {
                continue;
            }

            var known = fixes.GetValueOrDefault(ecosystem.Name) ?? new MsrcFix(ecosystem.Name, build, null);
            var inCore = names.Exists(name => name.Contains(ServerCore, StringComparison.OrdinalIgnoreCase));
            fixes[ecosystem.Name] = new MsrcFix(ecosystem.Name, Later(known.Build, build), inCore ? Later(known.CoreBuild ?? build, build) : known.CoreBuild);
        }

        return [.. fixes.Values.OrderBy(fix => fix.Ecosystem, StringComparer.Ordinal)];
    }

    private static string Later(string left, string right) => Version.Parse(left) >= Version.Parse(right) ? left : right;

    private static string? Vector(JsonElement item, Dictionary<string, string> products) => (FeedJson.List(item, "CVSSScoreSets") ?? default)
        .Where(scores => Names(scores, products).Any()).Select(scores => (Score: FeedJson.Member(scores, "BaseScore") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : 0, Vector: FeedJson.Text(scores, "Vector")))
        .OrderByDescending(scores => scores.Score).Select(scores => Base(scores.Vector)).FirstOrDefault(vector => vector is not null);

    // Microsoft rates by the base score. The temporal metrics, among them that there is a fix, would lower it below all others' rating of the same.
    private static string? Base(string? vector) => vector is null ? null
        : string.Join('/', vector.Split('/').Where(metric => !metric.StartsWith("E:", StringComparison.Ordinal) && !metric.StartsWith("RL:", StringComparison.Ordinal) && !metric.StartsWith("RC:", StringComparison.Ordinal)));

    private static bool IsAbout(JsonElement item, Dictionary<string, string> products) => CveId.IsValid(FeedJson.Text(item, "CVE")?.Trim())
        && (FeedJson.List(item, "ProductStatuses") ?? default).Any(status => Names(status, products).Any());

    private static IEnumerable<string> Names(JsonElement item, Dictionary<string, string> products) => (FeedJson.List(item, "ProductID") ?? default)
        .Select(id => FeedJson.Text(id) is { } text ? products.GetValueOrDefault(text) : null).OfType<string>();

    private static bool IsOf(JsonElement threat, int type) => FeedJson.Member(threat, "Type") is { ValueKind: JsonValueKind.Number } told && told.TryGetInt32(out var number) && number == type;

    private static string? Value(JsonElement item, string name) => FeedJson.Member(item, name) is { } member ? FeedJson.Text(member, "Value") : null;
}

/// <param name="Word">Critical, Important, Moderate, Low.</param>
/// <param name="Vector">CVSS base vector of the worst of the products.</param>
/// <param name="Exploitation">As written, e.g. <c>Publicly Disclosed:No;Exploited:Yes;…</c>.</param>
public sealed record MsrcVulnerability(string Cve, string Title, string? Word, string? Vector, string? Exploitation, IReadOnlyList<MsrcFix> Fixes, DateTime Published, DateTime Modified);

/// <summary>The build that fixes a vulnerability in one release of Windows, and in its Server Core installation; null where only the others are named.</summary>
public sealed record MsrcFix(string Ecosystem, string Build, string? CoreBuild);
