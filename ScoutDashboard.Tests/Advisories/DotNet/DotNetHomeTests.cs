using System.Globalization;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Advisories.DotNet.DotNetFiles;

namespace ScoutDashboard.Tests.Advisories.DotNet;

/// <summary>Lists of releases made of the real advisories on runtimes, which tell both the release and the runtime, beside these advisories.</summary>
public sealed class DotNetHomeTests
{
    private const string Own = "x_MSDOTNET-";

    [SharedFact]
    public async Task BesideAdvisoriesThatTellAllTheListsAddNothing()
    {
        await using var rig = await RigAsync(_ => true);
        var before = await rig.MatchAsync();

        var state = await LoadAsync(rig);

        Assert.Contains(before, line => line == "microsoft.aspnetcore.app.runtime.linux-x64 8.0.20 CVE-2025-55315 Affected 8.0.21");
        Assert.Equal((0, 0), (state.Records, state.Rejected));
        Assert.Equal(before, await rig.MatchAsync());
    }

    [SharedFact]
    public async Task WithoutThemTheListsLeaveADoubtForEachThatTheyWouldFind()
    {
        await using var whole = await RigAsync(_ => true);
        var told = (await whole.MatchAsync()).Select(Finding).ToHashSet();
        await using var rig = await RigAsync(record => !record.Id.StartsWith(Own, StringComparison.Ordinal));

        await LoadAsync(rig);
        var found = await rig.MatchAsync();

        // Of this one GitHub names three packages, none of which is a part of a runtime.
        told.RemoveWhere(line => line.EndsWith("CVE-2024-43483", StringComparison.Ordinal));
        Assert.Equal(told.Order(), found.Select(Finding).Where(told.Contains).Distinct().Order());
        // GitHub's one advisory on a runtime, in this copy on its versions 9.0 only.
        Assert.Equal(["microsoft.netcore.app.runtime.linux-x64 9.0.0 CVE-2025-30399 Affected 9.0.6"], found.Where(line => line.Contains("Affected", StringComparison.Ordinal)));
        Assert.Contains("microsoft.netcore.app.runtime.linux-x64 8.0.9 CVE-2025-30399 Undecided ", found);
        Assert.Contains("microsoft.netcore.app.runtime.linux-x64 8.0.0 CVE-2024-43485 Undecided ", found); // GitHub: System.Text.Json
        Assert.DoesNotContain(found, line => line.Contains("CVE-2024-0056", StringComparison.Ordinal)); // GitHub: Microsoft.Data.SqlClient
    }

    private static string Finding(string line) => string.Join(' ', line.Split(' ')[..3]);

    private static async Task<FeedState> LoadAsync(AdvisoryRig rig)
    {
        await rig.Runner.RunAsync(new DotNetFeed(rig.Files, rig.Options, rig.Clock), CancellationToken.None);
        return await rig.FeedAsync(DotNetFeed.Key);
    }

    // Each release names what it fixed anywhere, as Microsoft's lists do.
    private static async Task<AdvisoryRig> RigAsync(Func<OsvRecord, bool> isKnown)
    {
        var rig = await AdvisoryRig.CreateAsync();
        var fixes = new HashSet<(string Channel, string Version, string Date, string Cve)> { ("8.0", "8.0.1", "2024-01-09", "CVE-2024-0056") };
        await using var archive = File.OpenRead(SharedData.PathOf("advisories", "NuGet", "all.zip"));
        var items = await AdvisoryArchive.ReadAsync(archive, CancellationToken.None).ToListAsync();
        foreach (var record in items.Select(item => item.Record!).Where(record => record.Id.StartsWith(Own, StringComparison.Ordinal)))
        {
            fixes.UnionWith(record.Affected.Where(entry => entry.Name.Contains(".App.Runtime.", StringComparison.Ordinal)).SelectMany(entry => entry.Ranges).SelectMany(range => range.Events)
                .Where(boundary => boundary.Kind == OsvEventKind.Fixed)
                .Select(boundary => (string.Join('.', boundary.Version.Split('.').Take(2)), boundary.Version, record.Modified.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), record.Aliases[0])));
        }

        await rig.Import.ReplaceAsync(new ImportScope(Advisory.Bucket, "NuGet"), items.Where(item => isKnown(item.Record!)).ToAsyncEnumerable(), CancellationToken.None);
        Assert.Equal(4, fixes.Select(fix => fix.Channel).Distinct().Count(channel => channel is "6.0" or "7.0" or "8.0" or "9.0"));
        rig.Folder.AddFile("dotnet/releases-index.json", Index([.. fixes.Select(fix => fix.Channel).Distinct()]));
        foreach (var channel in fixes.GroupBy(fix => fix.Channel))
        {
            rig.Folder.AddFile($"dotnet/{channel.Key}/releases.json", Channel(channel.Key, [.. channel.GroupBy(fix => (fix.Version, fix.Date)).OrderByDescending(release => release.Key.Date, StringComparer.Ordinal)
                .Select(release => Release(release.Key.Version, release.Key.Date, [.. release.Select(fix => fix.Cve)]))]));
        }

        foreach (var version in (string[])["6.0.25", "7.0.14", "8.0.0", "8.0.9", "8.0.20", "9.0.0", "9.0.9"])
        {
            await rig.AddComponentAsync("NuGet", "microsoft.netcore.app.runtime.linux-x64", version);
            await rig.AddComponentAsync("NuGet", "microsoft.aspnetcore.app.runtime.linux-x64", version);
        }

        return rig;
    }
}
