using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>More components than are matched at a time, on as many cores as there are.</summary>
public sealed class ManyComponentsTests : IAsyncLifetime
{
    private const int Names = 700;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.CreateDbContext();
        db.Feeds.Add(new FeedState { Key = "npm", Covers = "npm", LastSuccessAt = DateTime.UnixEpoch });
        // Versions of one package lie far from each other.
        db.Components.AddRange(new[] { "1.0.0", "2.0.0", "3.0.0" }.SelectMany(version => Enumerable.Range(0, Names).Select(number => new Component
        {
            Purl = $"pkg:npm/p{number}@{version}", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = $"p{number}", Version = version, AdvisoryName = $"p{number}", AdvisoryVersion = version,
        })));
        for (var number = 0; number < Names; number += 7)
        {
            Add(db, number, "2.5.0");
        }

        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task EachIsMatchedOnceAndOnlyThoseThatChangedAgain()
    {
        await MatchAsync();
        await using var db = _database.CreateDbContext();
        var expected = Enumerable.Range(0, Names).Where(number => number % 7 == 0).SelectMany(number => new[] { $"p{number} 1.0.0 CVE-2026-{1000 + number} 2.5.0 High Affected", $"p{number} 2.0.0 CVE-2026-{1000 + number} 2.5.0 High Affected" });
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await FoundAsync(db)).Order(StringComparer.Ordinal));
        Assert.Equal(0, await db.Components.CountAsync(c => c.NeedsMatch || c.MatchedAt == null || c.JudgedAt == null));
        Assert.Equal(0, await db.FindingChanges.CountAsync());

        await db.Advisories.Where(a => a.Id == "GHSA-7").ExecuteDeleteAsync();
        Add(db, 7, "1.5.0");
        await db.SaveChangesAsync();
        await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.MatchedAt, DateTime.UnixEpoch));
        await db.Components.Where(c => c.AdvisoryName == "p7").ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        await MatchAsync();

        Assert.Equal(["p7 1.0.0 CVE-2026-1007 1.5.0 High Affected"], (await FoundAsync(db)).Where(found => found.StartsWith("p7 ", StringComparison.Ordinal)));
        Assert.Equal(["p7"], await db.Components.Where(c => c.MatchedAt != DateTime.UnixEpoch).Select(c => c.Name).Distinct().ToListAsync());
        Assert.Equal([("CVE-2026-1007", false)], (await db.FindingChanges.ToListAsync()).Select(change => (change.VulnerabilityId, change.Appeared)));
    }

    private async Task MatchAsync()
    {
        using var service = new FindingService(_database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        await service.MatchPendingAsync(CancellationToken.None);
    }

    private static async Task<List<string>> FoundAsync(ScoutDb db) =>
        [.. (await db.Findings.AsNoTracking().Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => new { c.Name, c.Version, f.VulnerabilityId, f.FixedVersion, f.Severity, f.Verdict }).ToListAsync())
            .Select(row => $"{row.Name} {row.Version} {row.VulnerabilityId} {row.FixedVersion} {row.Severity} {row.Verdict}")];

    private static void Add(ScoutDb db, int number, string fixedIn)
    {
        var json = $$"""
            {"id": "GHSA-{{number}}", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-{{1000 + number}}"], "database_specific": {"severity": "HIGH"},
             "affected": [{"package": {"ecosystem": "npm", "name": "p{{number}}"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "{{fixedIn}}"}]}]}]}
            """;
        db.Advisories.Add(new Advisory { Id = $"GHSA-{number}", Document = AdvisoryDocument.Encode(Encoding.UTF8.GetBytes(json)) });
        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = $"GHSA-{number}", Ecosystem = "npm", EcosystemBase = "npm", Name = $"p{number}" });
    }
}
