using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>A feed for one ecosystem that does at each run what the test says.</summary>
internal sealed class ScriptedFeed(string ecosystem, Func<string?, FeedResult?> answer) : IAdvisoryFeed
{
    public FeedDescription Description { get; } = new(ecosystem, ecosystem, "https://feeds.example", []) { Covers = ecosystem };

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => db.Components.AnyAsync(c => c.EcosystemBase == ecosystem, cancellationToken);

    public Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FeedFile>>([]);

    public Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken) => Task.FromResult(answer(run.Position));
}
