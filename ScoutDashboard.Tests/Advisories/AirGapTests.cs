using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Advisories.Exploitation;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Tests.Advisories.AzureLinux;
using ScoutDashboard.Tests.Advisories.DotNet;
using ScoutDashboard.Tests.Advisories.Msrc;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>What a machine with internet exports is all that one without it needs: of each feed that there is, so that a new one stands in here, too.</summary>
public sealed class AirGapTests
{
    [Fact]
    public async Task OfEveryFeedTheExportedFolderSaysWhatTheSourceSays()
    {
        using var origin = Everything();
        using var target = new AdvisoryFolder();
        Directory.CreateDirectory(Path.Combine(target.Path, FeedExport.NotesFolder));
        Dictionary<string, string> before;
        await using (var server = await FeedServer.StartAsync(origin.Path))
        {
            await using var connected = Services(server.Address);
            before = await SaidAsync(connected);
            var outcomes = await ActivatorUtilities.CreateInstance<FeedExport>(connected).ExportAsync(target.Path, [.. connected.GetServices<IAdvisoryFeed>()], CancellationToken.None).ToListAsync();
            // The bucket's copy of what Microsoft publishes is not needed.
            Assert.Equal(["Azure Linux/all.zip Absent", "Azure Linux/modified_id.csv Absent"], outcomes.Where(file => file.Outcome != ExportOutcome.Fetched).Select(file => $"{file.Name} {file.Outcome}"));
        }

        await using var apart = Services(target.Path);
        Assert.Equal(before, await SaidAsync(apart));
        Assert.All(before, feed => Assert.NotEqual("[]", feed.Value));
    }

    private static ServiceProvider Services(string source) => new ServiceCollection().AddSingleton(TimeProvider.System).AddScoutAdvisories(new ConfigurationBuilder()
        .AddInMemoryCollection([new("Advisories:Source", source), .. OsvEcosystems.All.Where(ecosystem => ecosystem.HasTerms).Select((ecosystem, at) => KeyValuePair.Create($"Advisories:OptIn:{at}", (string?)ecosystem.Name))])
        .Build()).BuildServiceProvider();

    // By feed, all that it would store.
    private static async Task<Dictionary<string, string>> SaidAsync(ServiceProvider services)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var feed in services.GetServices<IAdvisoryFeed>())
        {
            said[feed.Description.Key] = feed switch
            {
                IRecordFeed telling => JsonSerializer.Serialize(await telling.ReadAllAsync(CancellationToken.None).ToListAsync()),
                KevFeed kev => JsonSerializer.Serialize((await kev.ReadAsync(CancellationToken.None)).Entries),
                EpssFeed epss => JsonSerializer.Serialize((await epss.ReadAsync(CancellationToken.None)).Entries),
                _ => throw new NotSupportedException($"What {feed.Description.Title} brings must be read here, too."),
            };
            if (feed is DotNetFeed releases)
            {
                said["support"] = JsonSerializer.Serialize(await releases.ReadSupportEndsAsync(CancellationToken.None));
            }
        }

        return said;
    }

    private static AdvisoryFolder Everything()
    {
        var folder = new AdvisoryFolder().AddExploitation("CVE-2026-0001", 0.9, 0.99)
            .AddFile("azurelinux/azurelinux-3.0-oval.xml", new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:8.8.0-6.azl3").ToString())
            .AddFile("azurelinux/cbl-mariner-2.0-oval.xml", new OvalFile("cbl-mariner").Add("2", "CVE-2026-0002", "curl", "0:8.8.0-9.cm2").ToString())
            .AddFile("dotnet/releases-index.json", DotNetFiles.Index(("8.0", "active", "2030-11-10"), ("6.0", "eol", "2024-11-12")))
            .AddFile("dotnet/8.0/releases.json", DotNetFiles.Channel("8.0", DotNetFiles.Release("8.0.10", "2024-10-08", "CVE-2026-0003")))
            .AddFile("dotnet/6.0/releases.json", DotNetFiles.Channel("6.0", DotNetFiles.Release("6.0.36", "2024-11-12", "CVE-2026-0004")))
            .AddFile("msrc/updates.json", MsrcFiles.Updates(("2026-Sep", "2026-10-04T01:53:47Z"), ("2026-Aug", "2026-09-04T01:53:47Z")))
            .AddFile("msrc/2026-Sep.json", MsrcFiles.Document("2026-Sep", MsrcFiles.Vulnerability("CVE-2026-0005", ("10.0.20348.5020", [MsrcFiles.Core2022]))))
            .AddFile("msrc/2026-Aug.json", MsrcFiles.Document("2026-Aug", MsrcFiles.Vulnerability("CVE-2026-0006", ("10.0.26100.32690", [MsrcFiles.Core2025]))));
        foreach (var ecosystem in OsvEcosystems.All)
        {
            folder.Add(ecosystem.Name, "left", $"X-{ecosystem.Name.Replace(' ', '-')}-1", "2.0.0");
        }

        return folder;
    }
}
