using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Jobs;

/// <summary>A database with one enabled repository, a clock that stands still, and the job room over both.</summary>
public sealed class JobRig : IAsyncDisposable
{
    public static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    private JobRig(TestDatabase database, long repositoryId)
    {
        (Database, RepositoryId) = (database, repositoryId);
        Feed = new JobFeed(Clock, NullLogger<JobFeed>.Instance);
        Queue = new JobQueue(database, Feed, Clock);
        Ledger = new JobLedger(database, new JobOptions(), Clock);
        Changes = new RegistryChanges(Queue);
        Tags = new TagLedger(database, Changes, Clock);
    }

    public TestDatabase Database { get; }
    public long RepositoryId { get; }
    public FakeTimeProvider Clock { get; } = new(Start);
    public JobFeed Feed { get; }
    public JobQueue Queue { get; }
    public JobLedger Ledger { get; }
    public RegistryChanges Changes { get; }
    public TagLedger Tags { get; }

    public static async Task<JobRig> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync();
        return new JobRig(database, await database.AddRepositoryAsync());
    }

    /// <summary>A digest that is told apart by its number.</summary>
    public static Digest DigestOf(int number) => Digest.Of([(byte)number, (byte)(number >> 8)]);

    public JobWorker Worker(JobWork work, int workers = 2) =>
        new(Queue, Ledger, Feed, work, new JobOptions { Workers = workers }, Clock, NullLogger<JobWorker>.Instance);

    public async Task<IReadOnlyList<AnalysisJob>> JobsAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Jobs.AsNoTracking().OrderBy(j => j.Id).ToListAsync();
    }

    public async Task<Image?> ImageAsync(Digest digest)
    {
        await using var db = Database.CreateDbContext();
        return await db.Images.AsNoTracking().SingleOrDefaultAsync(i => i.Digest == digest.Value);
    }

    public async Task<long> AddImageAsync(Digest digest, ImageState state = ImageState.Analysed, ImageKind kind = ImageKind.Image)
    {
        await using var db = Database.CreateDbContext();
        var image = db.Images.Add(new Image { RepositoryId = RepositoryId, Digest = digest.Value, State = state, Kind = kind }).Entity;
        await db.SaveChangesAsync();
        return image.Id;
    }

    public async Task<Repository> RepositoryAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Repositories.AsNoTracking().SingleAsync(r => r.Id == RepositoryId);
    }

    /// <summary>The tags as <c>name=digest</c>.</summary>
    public async Task<Dictionary<string, Digest>> TagsAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Tags.ToDictionaryAsync(t => t.Name, t => Digest.Parse(t.Digest));
    }

    /// <summary>Does this in one transaction.</summary>
    public async Task<T> InTransactionAsync<T>(Func<ScoutDb, Task<T>> work)
    {
        await using var db = Database.CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await work(db);
        await transaction.CommitAsync();
        return result;
    }

    /// <summary>Has one change taken in, as by one event.</summary>
    public async Task<ChangeOutcome> ApplyAsync(RegistryChange change) =>
        (await InTransactionAsync(db => Changes.ApplyAsync(db, [change], CancellationToken.None))).Single();

    /// <summary>The next news of the feed that fits.</summary>
    public Task<JobProgress> NextAsync(Func<JobProgress, bool> fits)
    {
        var found = new TaskCompletionSource<JobProgress>(TaskCreationOptions.RunContinuationsAsynchronously);
        Feed.Subscribe(progress => { if (fits(progress)) { found.TrySetResult(progress); } });
        return found.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
