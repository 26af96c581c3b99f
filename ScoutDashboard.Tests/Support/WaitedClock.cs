using Microsoft.Extensions.Time.Testing;

namespace ScoutDashboard.Tests.Support;

/// <summary>A clock that the test moves, and that tells whenever somebody begins to wait on it.</summary>
internal sealed class WaitedClock(DateTimeOffset now) : FakeTimeProvider(now), IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _timers = new(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Release();
        return timer;
    }

    /// <summary>Comes back once somebody waits who did not before, having done what was to be done until then.</summary>
    public async Task WaitedForAsync() => Assert.True(await _timers.WaitAsync(Limit), "Nobody waits for the clock.");

    public void Dispose() => _timers.Dispose();
}
