using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Tests.Parts;

public sealed class BellTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Channel<DateTimeOffset> _shown = Channel.CreateUnbounded<DateTimeOffset>();
    private int _times;

    [Fact]
    public async Task ChangesWhileAPageIsShownAskForOneTimeMoreAfterASecond()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        var start = _clock.GetUtcNow();
        var bell = new Bell(turns, _clock);
        bell.Ring();
        bell.Ring();
        var answering = bell.AnswerAsync(() => Show(times => Array.ForEach(Enumerable.Range(0, times == 1 ? 5 : 0).ToArray(), _ => bell.Ring())), _closed.Token);

        Assert.Equal(start, await _shown.Reader.ReadAsync());
        _clock.Advance(TimeSpan.FromSeconds(1) - Moment);
        Assert.False(_shown.Reader.TryRead(out _));
        _clock.Advance(Moment);
        Assert.Equal(start.AddSeconds(1), await _shown.Reader.ReadAsync());

        // All five asked for one.
        await CloseAsync(answering);
        Assert.False(_shown.Reader.TryRead(out _));
    }

    [Fact]
    public async Task APageThatTakesLongTakesATenthOfTheTime()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        var start = _clock.GetUtcNow();
        var bell = new Bell(turns, _clock);
        bell.Ring();
        var answering = bell.AnswerAsync(
            () => Show(times =>
            {
                _clock.Advance(TimeSpan.FromSeconds(times == 1 ? 2 : 0));
                bell.Ring();
            }), _closed.Token);

        Assert.Equal(start, await _shown.Reader.ReadAsync());
        _clock.Advance(TimeSpan.FromSeconds(18) - Moment);
        Assert.False(_shown.Reader.TryRead(out _));
        _clock.Advance(Moment);
        Assert.Equal(start.AddSeconds(20), await _shown.Reader.ReadAsync());
        await CloseAsync(answering);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(8, 4)]
    public async Task PagesTakeHalfOfTheCoresTogetherAndTheNextIsShownWhenOneIsDone(int cores, int atOnce)
    {
        using var turns = Bell.TurnsOn(cores);
        var pages = Enumerable.Range(0, atOnce + 1).Select(_ => Page(turns)).ToList();
        Assert.Equal(atOnce, pages.Count(page => page.Begun.IsCompleted));

        pages[0].Done.SetResult();
        await pages[^1].Begun;
        await CloseAsync(pages);
        Assert.Equal(atOnce, turns.CurrentCount);
    }

    [Fact]
    public async Task APageThatHangsKeepsOthersForFiveSecondsAndGivesItsTurnBackOnlyOnce()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        List<(TaskCompletionSource Done, Task Begun, Task Answering)> pages = [Page(turns), Page(turns)];
        _clock.Advance(TimeSpan.FromSeconds(5) - Moment);
        Assert.False(pages[1].Begun.IsCompleted);
        _clock.Advance(Moment);
        await pages[1].Begun;

        await CloseAsync(pages);
        Assert.Equal(1, turns.CurrentCount);
    }

    [Fact]
    public async Task BehindAPageTheCoreRestsAsLongAsItTook()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        List<(TaskCompletionSource Done, Task Begun, Task Answering)> pages = [Page(turns), Page(turns)];
        _clock.Advance(TimeSpan.FromSeconds(1));
        pages[0].Done.SetResult();
        _clock.Advance(TimeSpan.FromSeconds(1) - Moment);
        Assert.False(pages[1].Begun.IsCompleted);
        _clock.Advance(Moment);

        await pages[1].Begun;
        await CloseAsync(pages);
        Assert.Equal(1, turns.CurrentCount);
    }

    [Fact]
    public async Task AWaitForATurnIsNoTimeThatThePageTook()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        await turns.WaitAsync();
        var clock = new NotingClock();
        var bell = new Bell(turns, clock);
        bell.Ring();
        var answering = bell.AnswerAsync(() => Task.CompletedTask, _closed.Token);
        clock.Advance(TimeSpan.FromMinutes(1));
        turns.Release();

        // The limit of the turn, then the pause.
        Assert.Equal(TimeSpan.FromSeconds(5), await clock.Dues.Reader.ReadAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), await clock.Dues.Reader.ReadAsync());
        await CloseAsync(answering);
    }

    [Fact]
    public async Task AVisitorWhoLeavesWhileWaitingForATurnIsShownNothing()
    {
        using var turns = Bell.TurnsOn(cores: 2);
        await turns.WaitAsync();
        var page = Page(turns);
        await _closed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page.Answering);
        Assert.False(page.Begun.IsCompleted);
    }

    public void Dispose() => _closed.Dispose();

    private Task Show(Action<int> then)
    {
        _shown.Writer.TryWrite(_clock.GetUtcNow());
        _times++;
        then(_times);
        return Task.CompletedTask;
    }

    // Shown until Done.
    private (TaskCompletionSource Done, Task Begun, Task Answering) Page(SemaphoreSlim turns)
    {
        var (begun, done) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var bell = new Bell(turns, _clock);
        bell.Ring();
        var answering = bell.AnswerAsync(
            () =>
            {
                begun.SetResult();
                return done.Task;
            }, _closed.Token);
        return (done, begun.Task, answering);
    }

    private async Task CloseAsync(params Task[] answering)
    {
        await _closed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(answering));
    }

    private Task CloseAsync(List<(TaskCompletionSource Done, Task Begun, Task Answering)> pages)
    {
        pages.ForEach(page => page.Done.TrySetResult());
        return CloseAsync([.. pages.Select(page => page.Answering)]);
    }

    private sealed class NotingClock : FakeTimeProvider
    {
        public Channel<TimeSpan> Dues { get; } = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Dues.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
