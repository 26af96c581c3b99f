using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>
/// Records are written before the packages that they name, by several transactions: whatever ends an import between two of them, the next completes it, and nothing is taken for known
/// that can't be matched.
/// </summary>
public sealed class AdvisoryImportCutTests
{
    // More than one transaction takes of records; twice as many, of names, too.
    private const int Records = 3400;
    private const int NamesOfEach = 9;
    private static readonly ImportScope Npm = new(Advisory.Bucket, "npm");

    [Fact]
    public async Task MoreThanOneTransactionTakesIsAllStoredAndMarked()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", NameOf(1, 0));
        await rig.AddComponentAsync("npm", NameOf(2 * Records, NamesOfEach - 1));
        await rig.AddComponentAsync("npm", "in-none");

        var result = await rig.Import.ReplaceAsync(Npm, Items(2 * Records), CancellationToken.None);

        Assert.Equal((2 * Records, 2 * Records, 2 * Records), (result.Records, result.Changed, result.Added));
        await using var db = rig.Database.CreateDbContext();
        Assert.Equal(2 * Records * NamesOfEach, await db.AffectedPackages.CountAsync());
        Assert.Equal([NameOf(1, 0), NameOf(2 * Records, NamesOfEach - 1)], await rig.TakeMarkedAsync());
    }

    // A feed that makes its records itself compares them by what they say, which is the same.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatWasStoredWithoutItsPackagesIsNotKnownAndCompletedByTheNextImport(bool isDerived)
    {
        var npm = Npm with { IsDerived = isDerived };
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", NameOf(1, 0));
        await Assert.ThrowsAsync<IOException>(() => rig.Import.ReplaceAsync(npm, Items(Records, new IOException("The process was killed.")), CancellationToken.None));
        await using var db = rig.Database.CreateDbContext();
        Assert.NotEqual(0, await db.Advisories.CountAsync());
        Assert.Equal(0, await db.AffectedPackages.CountAsync());
        Assert.Empty(await rig.Import.KnownAsync(npm, [IdOf(1), IdOf(2)], CancellationToken.None));
        Assert.Empty(await rig.TakeMarkedAsync());

        var result = await rig.Import.ReplaceAsync(npm, Items(Records), CancellationToken.None);

        Assert.Equal((Records, Records), (result.Changed, result.Added));
        Assert.Equal(Records * NamesOfEach, await db.AffectedPackages.CountAsync());
        Assert.Equal([NameOf(1, 0)], await rig.TakeMarkedAsync());
        Assert.Equal(0, (await rig.Import.ReplaceAsync(npm, Items(Records), CancellationToken.None)).Changed);
    }

    [Fact]
    public async Task WhatASourceSentBeforeItBrokeOffIsStoredWholeAndMarked()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", NameOf(1, 0));

        var failure = await Assert.ThrowsAsync<FeedException>(() => rig.Import.ReplaceAsync(Npm, Items(Records, new FeedException("The archive is cut off.")), CancellationToken.None));

        Assert.True(failure.IsHalfStored);
        await using var db = rig.Database.CreateDbContext();
        var stored = await db.Advisories.CountAsync();
        Assert.InRange(stored, 1, Records - 1);
        Assert.Equal(stored * NamesOfEach, await db.AffectedPackages.CountAsync());
        Assert.Equal([NameOf(1, 0)], await rig.TakeMarkedAsync());
    }

    // Of a feed's own records nothing would tell later which lack their packages: they are compared by what they say.
    [Fact]
    public async Task AFeedsOwnRecordsAreStoredTogetherWithTheirPackages()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        var own = new ImportScope("own", null) { IsDerived = true };

        await Assert.ThrowsAsync<IOException>(() => rig.Import.ReplaceAsync(own, Items(Records, new IOException("The process was killed.")), CancellationToken.None));

        await using var db = rig.Database.CreateDbContext();
        var stored = await db.Advisories.CountAsync();
        Assert.InRange(stored, 1, Records - 1);
        Assert.Equal(stored * NamesOfEach, await db.AffectedPackages.CountAsync());
    }

    [Fact]
    public async Task ARecordThatIsThereAlreadyAndOneThatIsNewAreStoredByOneTransaction()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.Import.UpdateAsync(Npm, Items(1), CancellationToken.None);
        await rig.AddComponentAsync("npm", NameOf(1, 0));
        await rig.AddComponentAsync("npm", NameOf(2, 0));

        var result = await rig.Import.UpdateAsync(Npm, Items(2), CancellationToken.None);

        Assert.Equal((2, 1, 1), (result.Records, result.Changed, result.Added));
        Assert.Equal([NameOf(2, 0)], await rig.TakeMarkedAsync());
    }

    private static string IdOf(int number) => $"GHSA-{number:d5}";

    private static string NameOf(int number, int package) => $"p-{number:d5}-{package}";

    private static async IAsyncEnumerable<AdvisoryItem> Items(int count, Exception? end = null)
    {
        for (var number = 1; number <= count; number++)
        {
            await Task.CompletedTask;
            if (end is not null && number == count - 100)
            {
                throw end;
            }

            var affected = string.Join(',', Enumerable.Range(0, NamesOfEach).Select(package => $$"""{"package": {"ecosystem": "npm", "name": "{{NameOf(number, package)}}"}, "versions": ["1.0.0"]}"""));
            yield return AdvisoryItem.Parse(IdOf(number), Encoding.UTF8.GetBytes($$"""{"id": "{{IdOf(number)}}", "modified": "2026-11-01T00:00:00Z", "affected": [{{affected}}]}"""));
        }
    }
}
