using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Webhook;

/// <summary>
/// Stores what requests bring, and whatever waits together in one transaction: a commit costs the same for one as for a thousand, and a database has one writer anyway.
/// A delivery that can't be stored takes no other with it.
/// </summary>
public sealed class EventWriter(EventStore store, JobQueue queue, WebhookOptions options, TimeProvider clock, ILogger<EventWriter> logger) : BackgroundService
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private int _weight;

    /// <summary>Whether the delivery was stored; if not, it must be sent again. It may be stored all the same where the answer is no: that does no harm.</summary>
    public async Task<bool> StoreAsync(Delivery delivery)
    {
        var waiting = new Waiting(delivery);
        if (Interlocked.Add(ref _weight, waiting.Weight) > options.WaitingEvents || !_waiting.Writer.TryWrite(waiting))
        {
            Interlocked.Add(ref _weight, -waiting.Weight);
            return false;
        }

        try
        {
            return await waiting.IsStored.WaitAsync(options.DatabaseWait, clock);
        }
        catch (TimeoutException)
        {
            // Who is told to come again need not be waited for.
            waiting.End(isStored: false);
            return await waiting.IsStored;
        }
    }

    // What was taken is written before this ends. Requests end before: the server is the last service to start, and so the first to stop.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stop = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await WriteAsync(Take());
        }
    }

    // At least one, else there is no end.
    private List<Waiting> Take()
    {
        var taken = new List<Waiting>();
        var weight = 0;
        while (_waiting.Reader.TryPeek(out var next) && (taken.Count == 0 || weight + next.Weight <= options.GroupEvents) && _waiting.Reader.TryRead(out next))
        {
            weight += next.Weight;
            taken.Add(next);
        }

        Interlocked.Add(ref _weight, -weight);
        return taken;
    }

    private async Task WriteAsync(List<Waiting> taken)
    {
        taken.RemoveAll(waiting => waiting.IsStored.IsCompleted);
        if (taken.Count == 0)
        {
            return;
        }

        try
        {
            var queued = await store.StoreAsync([.. taken.Select(waiting => waiting.Delivery)], CancellationToken.None);
            taken.ForEach(waiting => waiting.End(isStored: true));
            if (queued > 0)
            {
                queue.Wake();
            }
        }
        catch (Exception exception) when (taken.Count > 1 && exception is DbException or DbUpdateException)
        {
            logger.LogWarning(exception, "{Count} deliveries could not be stored at once; each is tried by itself.", taken.Count);
            foreach (var waiting in taken)
            {
                await WriteAsync([waiting]);
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, the next ones are served.
            logger.LogError(exception, "An event could not be stored; Event Grid will send it again.");
            taken.ForEach(waiting => waiting.End(isStored: false));
        }
    }

    private sealed class Waiting(Delivery delivery)
    {
        private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Delivery Delivery => delivery;

        /// <summary>A delivery without events is written down, too.</summary>
        public int Weight => Math.Max(1, delivery.Events.Count);

        public Task<bool> IsStored => _end.Task;

        /// <summary>The first word counts.</summary>
        public void End(bool isStored) => _end.TrySetResult(isStored);
    }
}
