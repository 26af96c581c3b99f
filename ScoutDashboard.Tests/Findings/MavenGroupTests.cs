using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>Artifacts whose archive does not tell their Maven group.</summary>
public sealed class MavenGroupTests
{
    [Theory]
    [InlineData("org.apache.logging.log4j:log4j-core", null, "org.apache.logging.log4j:log4j-core", "Affected")]
    [InlineData("org.other:log4j-core", null, "org.apache.logging.log4j:log4j-core", "")] // a known group is another's
    [InlineData("log4j-core", "org.apache.logging.log4j.core", "org.apache.logging.log4j:log4j-core", "Affected")]
    [InlineData("guava", "com.google.common", "com.google.guava:guava", "Affected")]
    [InlineData("commons-io", "org.apache.commons.io", "commons-io:commons-io", "Affected")]
    [InlineData("log4j", "org.apache.log4j", "log4j:log4j", "Affected")]
    [InlineData("org.springframework.spring-core", null, "org.springframework:spring-core", "Affected")]
    [InlineData("log4j-core", null, "org.apache.logging.log4j:log4j-core", "Undecided")]
    [InlineData("core", "com.acme.core", "org.opencastproject:core", "Undecided")]
    [InlineData("core", "com.github.acme", "com.github.other:core", "Undecided")]
    [InlineData("core", "com.github.other.x", "com.github.other:core", "Affected")]
    [InlineData("core", null, "org.acme:the-core", "")]
    [InlineData("the-core", null, "org.acme:core", "")]
    public async Task AnAdvisoryHoldsWhereClassesConfirmItsGroupAndStaysUndecidedElsewhere(string package, string? hint, string advised, string verdict)
    {
        await using var database = await TestDatabase.CreateAsync();
        await AdvisoryAsync(database, "GHSA-1", advised, "2.14.1");
        await ComponentAsync(database, new FoundPackage("maven", package, "2.14.1", GroupHint: hint));

        var findings = await MatchAsync(database);

        Assert.Equal(verdict, string.Join(',', findings.Select(finding => finding.Verdict)));
        Assert.All(findings.Where(finding => finding.Verdict == Verdict.Undecided), finding => Assert.Contains(advised, finding.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OfSeveralGroupsTheConfirmedOneDecides()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AdvisoryAsync(database, "CVE-2024-0001", "be.cylab:snakeyaml", "1.33");
        await AdvisoryAsync(database, "GHSA-1", "org.yaml:snakeyaml", "1.33", """ "aliases":["CVE-2024-0001"], """);
        await AdvisoryAsync(database, "GHSA-2", "pl.droidsonroids.yaml:snakeyaml", "1.33");
        await ComponentAsync(database, new FoundPackage("maven", "snakeyaml", "1.33", GroupHint: "org.yaml.snakeyaml"));

        var findings = await MatchAsync(database);

        Assert.Equal(["CVE-2024-0001 Affected GHSA-1", "GHSA-2 Undecided GHSA-2"], findings.Select(finding => $"{finding.VulnerabilityId} {finding.Verdict} {finding.AdvisoryId}"));
    }

    [Fact]
    public void ArtifactsOfEqualNamesAreDifferentComponentsWhereTheirClassesDiffer()
    {
        var (one, other) = (ComponentIdentity.Of(new FoundPackage("maven", "core", "1", GroupHint: "org.a"), null), ComponentIdentity.Of(new FoundPackage("maven", "core", "1", GroupHint: "org.b"), null));
        Assert.Equal(("pkg:maven/core@1?package=org.a", ":core", "Maven"), (one.Purl, one.AdvisoryName, one.Ecosystem));
        Assert.NotEqual(one.Purl, other.Purl);
    }

    private static async Task<List<Finding>> MatchAsync(TestDatabase database)
    {
        using var service = new FindingService(database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        await service.MatchPendingAsync(CancellationToken.None);
        await using var db = database.CreateDbContext();
        Assert.True(await db.Components.AllAsync(component => component.MatchedAt != null));
        return await db.Findings.OrderBy(finding => finding.VulnerabilityId).ToListAsync();
    }

    private static async Task AdvisoryAsync(TestDatabase database, string id, string name, string version, string more = "")
    {
        var json = $$"""{"id":"{{id}}","modified":"2026-01-01T00:00:00Z",{{more}}"affected":[{"package":{"ecosystem":"Maven","name":"{{name}}"},"versions":["{{version}}"]}]}""";
        await using var db = database.CreateDbContext();
        db.Add(new Advisory { Id = id, Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)) });
        db.Add(new AffectedPackage { AdvisoryId = id, Ecosystem = "Maven", EcosystemBase = "Maven", Name = name });
        await db.SaveChangesAsync();
    }

    private static async Task ComponentAsync(TestDatabase database, FoundPackage package)
    {
        var identity = ComponentIdentity.Of(package, null);
        await using var db = database.CreateDbContext();
        db.Add(new Component
        {
            Purl = identity.Purl, Type = identity.Type, Ecosystem = identity.Ecosystem, EcosystemBase = identity.EcosystemBase, Name = identity.Name, Version = identity.Version,
            AdvisoryName = identity.AdvisoryName, AdvisoryVersion = identity.AdvisoryVersion, GroupHint = identity.GroupHint,
        });
        await db.SaveChangesAsync();
    }
}
