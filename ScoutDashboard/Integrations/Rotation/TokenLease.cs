using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>
/// The right to have passwords of an integration's token made or ended, which one has of all replicas. It renews itself while who has it lives; who dies with it is followed by
/// another once <see cref="Life"/> is over. What it is for is done only while it is held: whoever follows has other plans.
/// </summary>
public sealed class TokenLease : IAsyncDisposable
{
    /// <summary>How long it is good for unrenewed.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(90);

    /// <summary>How long it renews itself at most: longer than Azure is waited for and the new password is tested.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    // Several fit into a life: a database may be busy.
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);

    private readonly IDbContextFactory<ScoutDb> _databases;
    private readonly TimeProvider _clock;
    private readonly long _integrationId;
    private readonly long _start;
    private readonly ITimer _timer;

    /// <summary>Nobody has it until it is written down of the integration as <see cref="Holder"/>'s.</summary>
    public TokenLease(IDbContextFactory<ScoutDb> databases, TimeProvider clock, long integrationId)
    {
        (_databases, _clock, _integrationId, _start) = (databases, clock, integrationId, clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => Renew(), null, Beat, Beat);
    }

    /// <summary>Whose it is, as <see cref="Integration.RotatingBy"/> tells it.</summary>
    public string Holder { get; } = $"{Guid.NewGuid():N}";

    /// <summary>Until when it would be good from now, UTC.</summary>
    public DateTime Until => _clock.GetUtcNow().UtcDateTime + Life;

    /// <summary>The newest renewal by time.</summary>
    public Task Renewal { get; private set; } = Task.CompletedTask;

    /// <summary>Whether somebody has the right until then. A time further ahead was written by a clock that has been set back since.</summary>
    public static bool IsHeld(DateTime? until, DateTime now) => until > now && until <= now + Longest;

    /// <summary>Takes it for an integration that nobody holds, which is then to be saved.</summary>
    public static TokenLease Take(Integration row, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
    {
        var lease = new TokenLease(databases, clock, row.Id);
        (row.RotatingBy, row.RotatingUntil) = (lease.Holder, lease.Until);
        return lease;
    }

    /// <summary>Whether it still is this one's; if so, it is renewed.</summary>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var until = Until;
        return await Mine(db).ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, until), cancellationToken) == 1;
    }

    /// <summary>Gives it back, unless another has it by now.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await using var db = await _databases.CreateDbContextAsync(CancellationToken.None);
        await Mine(db).ExecuteUpdateAsync(set => set.SetProperty(i => i.RotatingUntil, (DateTime?)null).SetProperty(i => i.RotatingBy, (string?)null), CancellationToken.None);
    }

    private IQueryable<Integration> Mine(ScoutDb db) => db.Integrations.Where(i => i.Id == _integrationId && i.RotatingBy == Holder);

    private void Renew()
    {
        if (Renewal.IsCompleted)
        {
            Renewal = BeatAsync();
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            if (_clock.GetElapsedTime(_start) > Longest || !await RenewAsync(CancellationToken.None))
            {
                await _timer.DisposeAsync();
            }
        }
        catch (DbException)
        {
            // The next beat tries again; if none gets through, another follows.
        }
    }
}
