using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

public sealed class AdvisoryImportTests
{
    private static readonly DateTime Later = new(2026, 11, 10, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task RecordsAreStoredWholeWithTheirPackagesByNormalisedName()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("PyPI", "Zope.Interface", "PYSEC-1", "5.0", cve: "CVE-2026-1", details: "What *is* wrong");

        var result = await rig.ImportAsync("PyPI");

        Assert.Equal(new ImportResult(1, 0, 1, 1, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc)), result);
        Assert.Equal(["PyPI/zope-interface"], await rig.PackagesAsync("PYSEC-1"));
        await using var db = rig.Database.CreateDbContext();
        var stored = await db.Advisories.SingleAsync();
        Assert.True(OsvReader.TryParse(AdvisoryDocument.Decode(stored.Document), out var record));
        Assert.Equal("5.0", record.Affected[0].Ranges[0].Events[1].Version);
        Assert.Contains("What *is* wrong", Encoding.UTF8.GetString(AdvisoryDocument.Decode(stored.Document)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadRecordsAreCountedAndStopNothing()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "GHSA-2", "{ not json").Add("npm", "GHSA-3", """{"id": "GHSA-3"}""").Add("npm", "b", "GHSA-4", "1.0.0");
        rig.Folder.Add("npm", "GHSA-5", $$"""{"id": "GHSA-5", "modified": "2026-11-01T00:00:00Z", "details": "{{new string('x', AdvisoryDocument.MaxBytes)}}"}""");

        var result = await rig.ImportAsync("npm");

        Assert.Equal((2, 3), (result.Records, result.Rejected));
        Assert.Equal(["GHSA-1", "GHSA-4"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task ARecordThatCantBeReadTodayKeepsWhatWasKnownOfItBefore()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");

        rig.Folder.Add("npm", "GHSA-2", "{ not json");
        await rig.ImportAsync("npm");

        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.AdvisoryIdsAsync());
    }

    /// <summary>As a migration forgets it that brings a member which matching reads.</summary>
    [Fact]
    public async Task WhatMatchingReadsAndIsForgottenIsStoredAgainFromTheSameRecord()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        await using var db = rig.Database.CreateDbContext();
        await db.Advisories.Where(a => a.Id == "GHSA-2").ExecuteUpdateAsync(set => set.SetProperty(a => a.Matching, (byte[]?)null));

        Assert.Equal((1, 0), (await rig.ImportAsync("npm")) is var again ? (again.Changed, again.Added) : default);

        Assert.All(await db.Advisories.AsNoTracking().ToListAsync(), advisory => Assert.Equal(advisory.Id, OsvMatching.Read(advisory.Matching!)?.Id));
    }

    [Fact]
    public async Task ARecordThatIsGoneFromTheArchiveIsRemovedAndItsComponentsMarked()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0").Add("PyPI", "c", "PYSEC-1", "1.0");
        await rig.ImportAsync("npm");
        await rig.ImportAsync("PyPI");
        await rig.AddComponentAsync("npm", "a");
        await rig.AddComponentAsync("npm", "b");

        rig.Folder.Remove("npm", "GHSA-2");
        var result = await rig.ImportAsync("npm");

        Assert.Equal((1, 1), (result.Records, result.Changed));
        Assert.Equal(["GHSA-1", "PYSEC-1"], await rig.AdvisoryIdsAsync());
        Assert.Equal(["b"], await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task ARecordOfTwoEcosystemsThatLeavesOneStaysInTheOther()
    {
        const string Both = """{"id": "GHSA-1", "modified": "2026-11-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1.0.0"]}, {"package": {"ecosystem": "NuGet", "name": "A"}, "versions": ["1.0.0"]}]}""";
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "GHSA-1", Both).Add("npm", "b", "GHSA-2", "1.0.0").Add("NuGet", "GHSA-1", Both);
        await rig.ImportAsync("npm");
        await rig.ImportAsync("NuGet");
        await rig.AddComponentAsync("NuGet", "a");

        rig.Folder.Remove("npm", "GHSA-1");
        await rig.ImportAsync("npm");

        Assert.Equal(["NuGet/a"], await rig.PackagesAsync("GHSA-1"));
        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AnOlderCopyInAnotherEcosystemsArchiveDoesNotReplaceANewerOne()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "GHSA-1", OfBoth("2026-11-10")).Add("NuGet", "GHSA-1", OfBoth("2026-11-01")).Add("NuGet", "other", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        await rig.AddComponentAsync("npm", "a");

        var result = await rig.ImportAsync("NuGet");

        Assert.Equal((2, 1), (result.Records, result.Changed));
        Assert.Empty(await rig.TakeMarkedAsync());
        await using var db = rig.Database.CreateDbContext();
        Assert.Equal(Later, (await db.Advisories.SingleAsync(a => a.Id == "GHSA-1")).Modified);
    }

    [Fact]
    public async Task AnOlderCopyThatNamesOnlyTheOtherEcosystemDoesNotReplaceANewerOneEither()
    {
        const string OlderOfNuGet = """{"id": "GHSA-1", "modified": "2026-11-01T00:00:00Z", "affected": [{"package": {"ecosystem": "NuGet", "name": "a"}, "versions": ["1.0.0"]}]}""";
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0", modified: Later).Add("NuGet", "GHSA-1", OlderOfNuGet);
        await rig.ImportAsync("npm");

        await rig.ImportAsync("NuGet");

        Assert.Equal(["npm/a"], await rig.PackagesAsync("GHSA-1"));
    }

    [Fact]
    public async Task ACopyOfTheSameTimeBringsBackThePartThatItsEcosystemLost()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "GHSA-1", OfBoth("2026-11-01")).Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        rig.Folder.Remove("npm", "GHSA-1");
        await rig.ImportAsync("npm");
        Assert.Equal(["NuGet/a"], await rig.PackagesAsync("GHSA-1"));

        rig.Folder.Add("npm", "GHSA-1", OfBoth("2026-11-01"));
        await rig.ImportAsync("npm");

        Assert.Equal(["NuGet/a", "npm/a"], await rig.PackagesAsync("GHSA-1"));
    }

    private static string OfBoth(string day) => $$"""
        {"id": "GHSA-1", "modified": "{{day}}T00:00:00Z", "affected": [
          {"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1.0.0"]}, {"package": {"ecosystem": "NuGet", "name": "A"}, "versions": ["1.0.0"]}]}
        """;

    [Fact]
    public async Task SourcesOfOneEcosystemLeaveEachOthersRecordsAlone()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        var other = new ImportScope("another feed", null);
        await rig.Import.ReplaceAsync(other, Items(("X-1", "x"), ("GHSA-1", "mine")), CancellationToken.None);
        Assert.Equal(["npm/a"], await rig.PackagesAsync("GHSA-1"));

        rig.Folder.Remove("npm", "GHSA-2");
        await rig.ImportAsync("npm");
        Assert.Equal(["GHSA-1", "X-1"], await rig.AdvisoryIdsAsync());

        await rig.Import.ReplaceAsync(other, Items(("X-2", "x")), CancellationToken.None);
        Assert.Equal(["GHSA-1", "X-2"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AnUpdateTakesNothingAway()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");

        var result = await rig.Import.UpdateAsync(new ImportScope(Advisory.Bucket, "npm"), Items(("GHSA-3", "c"), ("GHSA-2", "moved")), CancellationToken.None);

        Assert.Equal((2, 2, 1), (result.Records, result.Changed, result.Added));
        Assert.Equal(["GHSA-1", "GHSA-2", "GHSA-3"], await rig.AdvisoryIdsAsync());
        Assert.Equal(["npm/moved"], await rig.PackagesAsync("GHSA-2"));
    }

    private static IAsyncEnumerable<AdvisoryItem> Items(params (string Id, string Package)[] records) => records.Select(record => AdvisoryItem.Parse(record.Id, Encoding.UTF8.GetBytes(
        $$"""{"id": "{{record.Id}}", "modified": "2026-11-10T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "{{record.Package}}"}, "versions": ["1.0.0"]}]}"""))).ToAsyncEnumerable();

    [Fact]
    public async Task AWithdrawnRecordIsKeptAsSuchAndItsComponentsMarked()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.ImportAsync("npm");
        await rig.AddComponentAsync("npm", "a");

        rig.Folder.Add("npm", "GHSA-1", """{"id": "GHSA-1", "modified": "2026-11-10T00:00:00Z", "withdrawn": "2026-11-10T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1.0.0"]}]}""");
        await rig.ImportAsync("npm");

        await using var db = rig.Database.CreateDbContext();
        Assert.Equal(Later, (await db.Advisories.SingleAsync()).Withdrawn);
        Assert.Equal(["a"], await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task ATruncatedArchiveChangesNothing()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        await rig.AddComponentAsync("npm", "a");
        rig.Folder.Add("npm", "a", "GHSA-1", "9.0.0", modified: Later);
        var whole = await File.ReadAllBytesAsync(Path.Combine(rig.Folder.Path, "npm", "all.zip"));

        foreach (var length in new[] { 0, 30, whole.Length / 2, whole.Length - 1 })
        {
            await Assert.ThrowsAsync<FeedException>(() => rig.ImportAsync("npm", new MemoryStream(whole[..length])));
        }

        Assert.Empty(await rig.TakeMarkedAsync());
        await using var db = rig.Database.CreateDbContext();
        Assert.All(await db.Advisories.ToListAsync(), advisory => Assert.NotEqual(Later, advisory.Modified));
    }

    [Fact]
    public async Task AnArchiveWithoutAReadableRecordDeletesNothing()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.ImportAsync("npm");
        using var empty = new MemoryStream();
        new ZipArchive(empty, ZipArchiveMode.Create, leaveOpen: true).Dispose();
        empty.Position = 0;

        await Assert.ThrowsAsync<FeedException>(() => rig.ImportAsync("npm", empty));

        Assert.Equal(["GHSA-1"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task ASummaryIsTheFirstLineOfTheDetailsWhereTheRecordHasNone()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("Ubuntu", "UBUNTU-CVE-2026-1", """{"id": "UBUNTU-CVE-2026-1", "modified": "2026-11-01T00:00:00Z", "details": "\nA buffer overflows.\nMore of it."}""");

        await rig.ImportAsync("Ubuntu");

        await using var db = rig.Database.CreateDbContext();
        Assert.Equal("A buffer overflows.", (await db.Advisories.SingleAsync()).Summary);
    }

    [SharedFact]
    public async Task DebiansWholeArchiveIsImportedAndUnchangedTheSecondTime()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        var component = await rig.AddComponentAsync("Debian:12", "openssl", "3.0.8-1");

        await using var first = File.OpenRead(SharedData.PathOf("advisories", "Debian", "all.zip"));
        var result = await rig.ImportAsync("Debian", first);
        await using var second = File.OpenRead(SharedData.PathOf("advisories", "Debian", "all.zip"));
        var again = await rig.ImportAsync("Debian", second);

        Assert.Equal((15_031, 0, 15_031), (result.Records, result.Rejected, result.Changed));
        Assert.Equal(0, again.Changed);
        await using var db = rig.Database.CreateDbContext();
        Assert.Equal(15_031, await db.Advisories.CountAsync());
        Assert.True(await db.Components.AnyAsync(c => c.Id == component && c.NeedsMatch));
    }
}
