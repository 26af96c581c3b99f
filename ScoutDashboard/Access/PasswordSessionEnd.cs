using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Where passwords are switched off, ends at start the sessions that began with one: they would last for as long as they are used.</summary>
public sealed class PasswordSessionEnd(IDbContextFactory<ScoutDb> databases, SingleSignOnOptions settings) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.LocalSignIn)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Sessions.Where(s => s.EndsAt == null).ExecuteDeleteAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
