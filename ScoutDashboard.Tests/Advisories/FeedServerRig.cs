using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>The room of advisories over a real web server, with one component of npm.</summary>
public sealed class FeedServerRig : IAsyncDisposable
{
    private FeedServerRig(AdvisoryFolder folder, FeedServer server, AdvisoryRig rig) => (Folder, Server, Rig) = (folder, server, rig);

    public AdvisoryFolder Folder { get; }
    public FeedServer Server { get; }
    public AdvisoryRig Rig { get; }

    /// <param name="served">What the server has; null for <see cref="Folder"/>.</param>
    /// <param name="idleLimit">How long a download may stand still.</param>
    /// <param name="byteEvery">How long each byte is on its way, by the clock of the test; null for as long as it takes.</param>
    public static async Task<FeedServerRig> StartAsync(string? served = null, TimeSpan? idleLimit = null, TimeSpan? byteEvery = null)
    {
        var folder = new AdvisoryFolder();
        var server = await FeedServer.StartAsync(served ?? folder.Path);
        var rig = await AdvisoryRig.CreateAsync(clock => Feeds(server.Address, idleLimit ?? TimeSpan.FromMinutes(1), byteEvery, clock));
        await rig.AddComponentAsync("npm", "a");
        return new FeedServerRig(folder, server, rig);
    }

    /// <summary>Lets some time pass and runs what is due; returns npm's state.</summary>
    public async Task<FeedState> RunAfterAsync(TimeSpan time)
    {
        Rig.Clock.Advance(time);
        await Rig.Refresher.RunDueAsync(CancellationToken.None);
        return await Rig.FeedAsync("npm");
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        await Server.DisposeAsync();
        Folder.Dispose();
    }

    private static IReadOnlyList<IAdvisoryFeed> Feeds(string address, TimeSpan idleLimit, TimeSpan? byteEvery, FakeTimeProvider clock)
    {
        var options = new AdvisoryOptions(address, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), [])
        {
            IdleLimit = idleLimit,

        };
        // Downloads wait in real time, feeds become due in the test's.
        var downloader = byteEvery is { } time ? new FeedDownloader(new Clients(new HttpClient(new SlowLine(time, clock))), options, clock) : new FeedDownloader(new Clients(Client), options, TimeProvider.System);
        var source = new FeedSource(downloader, options, new FeedParts(null, clock, NullLogger<FeedParts>.Instance));
        return [.. OsvEcosystems.All.Where(ecosystem => ecosystem.Name is "npm" or "Rocky Linux").Select(ecosystem => new OsvFeed(ecosystem, source, options, clock))];
    }

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private sealed class Clients(HttpClient client) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => client;
    }
}
