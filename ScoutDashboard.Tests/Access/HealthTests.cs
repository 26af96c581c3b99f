using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class HealthTests : IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task AStrangerMayAskAndHearsHealthy()
    {
        using var answer = await _app.Browser().GetAsync("/healthz");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Healthy", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ADatabaseThatLacksMigrationsIsNotHealthy()
    {
        using var browser = _app.Browser();
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory");
        }

        using var answer = await browser.GetAsync("/healthz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }
}
