using System.Text.Json;

namespace ScoutDashboard.Tests.Advisories.Msrc;

/// <summary>Writes Microsoft's security updates as its service sends them in JSON, as far as anybody reads them.</summary>
internal static class MsrcFiles
{
    /// <summary>Products by the number that Microsoft gives them.</summary>
    public const string Desktop2022 = "11923", Core2022 = "11924", Core23H2 = "12244", Desktop2025 = "12436", Core2025 = "12437", Client24H2 = "12390", Framework = "11954", Server2012 = "10543";

    private static readonly (string Id, string Name)[] Products =
    [
        (Desktop2022, "Windows Server 2022"), (Core2022, "Windows Server 2022 (Server Core installation)"), (Core23H2, "Windows Server 2022, 23H2 Edition (Server Core installation)"),
        (Desktop2025, "Windows Server 2025"), (Core2025, "Windows Server 2025 (Server Core installation)"), (Client24H2, "Windows 11 Version 24H2 for x64-based Systems"),
        (Framework, "Microsoft .NET Framework 4.8 on Windows Server 2022"), (Server2012, "Windows Server 2012 R2 (Server Core installation)"),
    ];

    public static string Updates(params (string Id, string ChangedAt)[] documents) => JsonSerializer.Serialize(new
    {
        value = documents.Select(document => new
        {
            ID = document.Id, Alias = document.Id, DocumentTitle = "Security Updates", Severity = (string?)null, InitialReleaseDate = document.Id == "2026-Sep" ? "2026-09-08T07:00:00Z" : "2026-08-11T07:00:00Z", CurrentReleaseDate = document.ChangedAt,
            CvrfUrl = $"https://elsewhere.example/cvrf/{document.Id}",
        }),
    });

    public static string Document(string id, params object[] vulnerabilities) => JsonSerializer.Serialize(new
    {
        DocumentTitle = new { Value = "Security Updates" },
        DocumentTracking = new { Identification = new { ID = new { Value = id } }, InitialReleaseDate = "2026-09-08T07:00:00", CurrentReleaseDate = "2026-10-04T01:53:47" },
        ProductTree = new { FullProductName = Products.Select(product => new { ProductID = product.Id, Value = product.Name }) },
        Vulnerability = vulnerabilities,
    });

    /// <summary>A vulnerability with the builds that fix it and the products that get them.</summary>
    public static object Vulnerability(string cve, params (string Build, string[] Products)[] fixes) => Vulnerability(cve, "Security Update", fixes);

    public static object Vulnerability(string cve, string subType, (string Build, string[] Products)[] fixes)
    {
        var all = fixes.SelectMany(fix => fix.Products).Distinct().ToArray();
        return new
        {
            CVE = cve,
            Title = new { Value = "Windows Kernel Elevation of Privilege Vulnerability" },
            ProductStatuses = new[] { new { ProductID = all, Type = 3 } },
            Threats = new object[]
            {
                new { Type = 0, Description = new { Value = "Elevation of Privilege" }, ProductID = all },
                new { Type = 3, Description = new { Value = "Important" }, ProductID = all },
                new { Type = 1, Description = new { Value = "Publicly Disclosed:No;Exploited:Yes;Latest Software Release:Exploitation Detected" } },
            },
            CVSSScoreSets = new[] { new { BaseScore = 7.8, TemporalScore = 6.8, Vector = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C", ProductID = all } },
            Remediations = fixes.Select(fix => new { Type = 2, SubType = subType, Description = new { Value = "5042881" }, FixedBuild = fix.Build, Supercedence = "5041160", ProductID = fix.Products })
                .Append<object>(new { Type = 0, Description = new { Value = "Turn the service off." }, ProductID = all }),
            RevisionHistory = new[] { new { Number = "1.0", Date = "2026-09-08T07:00:00" }, new { Number = "1.1", Date = "2026-09-19T07:00:00" } },
        };
    }
}
