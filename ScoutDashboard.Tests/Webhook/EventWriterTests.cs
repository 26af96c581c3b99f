using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Webhook;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>What waits before the writer starts is one group.</summary>
public sealed class EventWriterTests : IAsyncLifetime
{
    private readonly Commits _commits = new();
    private JobRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task WhatWaitsIsStoredByOneCommitAndWakesTheWorkersOnce()
    {
        using var writer = Writer();
        var woken = 0;
        using var subscription = _rig.Feed.SubscribeToQueue(() => woken++);
        Task<bool>[] answers = [.. Enumerable.Range(0, 20).Select(number => writer.StoreAsync(Of($"{number}")))];
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);

        await writer.StartAsync(CancellationToken.None);
        Assert.All(await Task.WhenAll(answers), Assert.True);
        await writer.StopAsync(CancellationToken.None);
        Assert.Equal((1, 1), (_commits.Done, woken));
        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number}"), await StoredAsync());
    }

    [Fact]
    public async Task AGroupIsBoundedByItsEvents()
    {
        using var writer = Writer(new WebhookOptions { GroupEvents = 5 });
        Task<bool>[] answers = [writer.StoreAsync(Of("a", "b", "c")), writer.StoreAsync(Of("d", "e")), writer.StoreAsync(Of("f")), writer.StoreAsync(Of("g", "h", "i", "j", "k", "l")), writer.StoreAsync(Of("m"))];
        await writer.StartAsync(CancellationToken.None);
        Assert.All(await Task.WhenAll(answers), Assert.True);
        await writer.StopAsync(CancellationToken.None);
        Assert.Equal(4, _commits.Done);
    }

    [Fact]
    public async Task ADeliveryThatCantBeStoredTakesNoOtherWithIt()
    {
        await RefusePoisonAsync();
        using var writer = Writer();
        Task<bool>[] answers = [writer.StoreAsync(Of("a")), writer.StoreAsync(Of("b", "poison")), writer.StoreAsync(new Delivery(4711, [Event("x")])), writer.StoreAsync(Of("c"))];
        await writer.StartAsync(CancellationToken.None);

        Assert.Equal("True False False True", string.Join(' ', await Task.WhenAll(answers)));
        Assert.True(await writer.StoreAsync(Of("d")));
        Assert.Equal(["a", "c", "d"], await StoredAsync());
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ACommitThatFailsIsNoAnswerOfSuccessAndTheNextOneIs()
    {
        using var writer = Writer();
        _commits.Failing = 3;
        Task<bool>[] answers = [writer.StoreAsync(Of("a")), writer.StoreAsync(Of("b"))];
        await writer.StartAsync(CancellationToken.None);

        // Once for both, and once for each.
        Assert.DoesNotContain(true, await Task.WhenAll(answers));
        Assert.Empty(await StoredAsync());
        Assert.Empty(await _rig.JobsAsync());
        Assert.True(await writer.StoreAsync(Of("a")));
        Assert.Equal(["a"], await StoredAsync());
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task WhatIsMoreThanMayWaitIsTurnedAwayAtOnce()
    {
        using var writer = Writer(new WebhookOptions { WaitingEvents = 4 });
        var first = writer.StoreAsync(Of("a", "b", "c"));
        Assert.False(await writer.StoreAsync(Of("d", "e")));
        var empty = writer.StoreAsync(Of());
        Assert.False(await writer.StoreAsync(Of()));
        await writer.StartAsync(CancellationToken.None);

        Assert.True(await first);
        Assert.True(await empty);
        Assert.True(await writer.StoreAsync(Of("d", "e", "f", "g")));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], await StoredAsync());
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task AStopWritesWhatWasTakenAndTakesNoMore()
    {
        using var writer = Writer();
        var held = _commits.Hold();
        await writer.StartAsync(CancellationToken.None);
        var first = writer.StoreAsync(Of("a"));
        await _commits.Reached;
        var second = writer.StoreAsync(Of("b"));
        var stopped = writer.StopAsync(CancellationToken.None);

        Assert.False(await writer.StoreAsync(Of("c")));
        Assert.False(first.IsCompleted || second.IsCompleted || stopped.IsCompleted);
        held.SetResult();
        await stopped;
        Assert.DoesNotContain(false, await Task.WhenAll(first, second));
        Assert.Equal(["a", "b"], await StoredAsync());
    }

    [Fact]
    public async Task WhoWaitedForTooLongIsToldSoAndNotWrittenAfterwards()
    {
        using var writer = Writer(new WebhookOptions { DatabaseWait = TimeSpan.FromSeconds(10) });
        var late = writer.StoreAsync(Of("late"));
        _rig.Clock.Advance(TimeSpan.FromSeconds(9));
        var inTime = writer.StoreAsync(Of("in time"));
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await late);
        await writer.StartAsync(CancellationToken.None);
        Assert.True(await inTime);
        Assert.Equal(["in time"], await StoredAsync());
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ADatabaseThatIsHeldIsWaitedForOnceForAllThatWait()
    {
        using var writer = Writer(new WebhookOptions { DatabaseWait = TimeSpan.FromSeconds(1) });
        Task<bool>[] answers = [.. Enumerable.Range(0, 10).Select(number => writer.StoreAsync(Of($"{number}")))];
        await using (var db = _rig.Database.CreateDbContext())
        {
            await using var held = await db.Database.BeginTransactionAsync();
            await writer.StartAsync(CancellationToken.None);
            Assert.DoesNotContain(true, await Task.WhenAll(answers));
            Assert.Equal(1, _commits.Begun);
        }

        Assert.True(await writer.StoreAsync(Of("a")));
        await writer.StopAsync(CancellationToken.None);
    }

    private EventWriter Writer(WebhookOptions? options = null) =>
        new(new EventStore(_rig.Database.With(_commits), _rig.Changes, options ?? new WebhookOptions(), _rig.Clock), _rig.Queue, options ?? new WebhookOptions(), _rig.Clock, NullLogger<EventWriter>.Instance);

    private static Delivery Of(params string[] ids) => new(1, [.. ids.Select(Event)]);

    private static DeliveredEvent Event(string id) => new(id, RegistryEventKind.ImagePushed, "team/app", id.Replace(' ', '-'), Digest.Of(Encoding.UTF8.GetBytes(id)), Start);

    private async Task<IReadOnlyList<string>> StoredAsync()
    {
        await using var db = _rig.Database.CreateDbContext();
        return await db.Events.OrderBy(e => e.Id).Select(e => e.EventId).ToListAsync();
    }

    private async Task RefusePoisonAsync()
    {
        await using var db = _rig.Database.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"CREATE TRIGGER refuse BEFORE INSERT ON Events WHEN NEW.EventId = 'poison' BEGIN SELECT RAISE(ABORT, 'refused'); END");
    }

    /// <summary>Counts commits, and fails or holds them.</summary>
    private sealed class Commits : DbTransactionInterceptor
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _held;

        public int Begun { get; private set; }

        public int Done { get; private set; }

        /// <summary>How many of the next are to fail.</summary>
        public int Failing { get; set; }

        public Task Reached => _reached.Task;

        public TaskCompletionSource Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
        {
            Begun++;
            return ValueTask.FromResult(result);
        }

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            if (_held is { } held)
            {
                await held.Task;
            }

            if (Failing-- > 0)
            {
                throw new SqliteException("disk I/O error", 10);
            }

            Done++;
            return result;
        }
    }
}
