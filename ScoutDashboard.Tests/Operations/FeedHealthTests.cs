using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Advisories;

namespace ScoutDashboard.Tests.Operations;

public sealed class FeedHealthTests
{
    // Wolfi's waits for consent: it is needed, as the System page counts it, and neither fails nor runs.
    [Theory]
    [InlineData(FeedStatus.Ready, true, HealthStatus.Healthy, "3 advisory feeds are needed; none fails.")]
    [InlineData(FeedStatus.Failing, true, HealthStatus.Degraded, "Of 3 advisory feeds 1 fail and 0 are out of date; what was loaded before stays in use.")]
    [InlineData(FeedStatus.Failing, false, HealthStatus.Degraded, "Of 3 advisory feeds 1 fail and 0 are out of date; 1 of them never loaded.")]
    public async Task OnlyWhatWasLoadedIsSaidToStayInUse(FeedStatus status, bool wasLoaded, HealthStatus expected, string reason)
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        foreach (var ecosystem in new[] { "npm", "PyPI", "Wolfi" })
        {
            await rig.AddComponentAsync(ecosystem, "a");
        }

        await using (var db = rig.Database.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", Status = status, LastSuccessAt = wasLoaded ? AdvisoryRig.Start : null });
            db.Feeds.Add(new FeedState { Key = "PyPI", Status = FeedStatus.Ready, LastSuccessAt = AdvisoryRig.Start });
            db.Feeds.Add(new FeedState { Key = "Wolfi", Status = FeedStatus.Waiting });
            await db.SaveChangesAsync();
        }

        var health = await new FeedHealth(new FeedList(rig.Database, rig.Feeds, rig.Options, rig.Clock)).CheckHealthAsync(new HealthCheckContext());

        Assert.Equal((expected, reason), (health.Status, health.Description));
    }
}
