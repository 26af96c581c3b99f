using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>
/// One ecosystem of a source laid out as the public OSV bucket. From the web, the whole archive is read at first and weekly, which also tells what is gone;
/// in between only the records that the list of changes names.
/// </summary>
public sealed class OsvFeed(OsvEcosystem ecosystem, FeedSource source, AdvisoryOptions options, TimeProvider clock) : IRecordFeed
{
    private const long MaxArchiveBytes = 4L * 1024 * 1024 * 1024;

    // Beyond this one archive is less work for both sides than so many records.
    private const int MaxSingles = 2000;
    private const int Parallel = 8;

    private readonly FeedFile _archive = new($"{ecosystem.Name}/all.zip", null, MaxArchiveBytes) { Check = AdvisoryArchive.CheckAsync };
    private readonly FeedFile _list = new($"{ecosystem.Name}/modified_id.csv", null, OsvChanges.MaxBytes) { IsOptional = true };
    private readonly ImportScope _scope = new(Advisory.Bucket, ecosystem.Name);

    public FeedDescription Description { get; } = new(ecosystem.Name, ecosystem.Name, options.DisplaySource, ecosystem.Databases)
    {
        Covers = ecosystem.Name,
        Refusal = ecosystem.HasTerms && !options.Accepts(ecosystem.Name)
            ? $"The licence of {ecosystem.Name}'s advisories is yours to accept: add {ecosystem.Name} to the setting Advisories:OptIn to load them." : null,
    };

    public IReadOnlyList<string> Ecosystems { get; } = [ecosystem.Name];

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => db.MatchableComponents.AnyAsync(c => c.EcosystemBase == ecosystem.Name, cancellationToken);

    public Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FeedFile>>([_archive, _list]);

    public async Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken)
    {
        var position = OsvPosition.Parse(run.Position);
        if (options.Folder is null && position?.Seen is not null && clock.GetUtcNow().UtcDateTime - position.FullAt < options.FullInterval)
        {
            try
            {
                return await ReadChangesAsync(run, position, cancellationToken);
            }
            catch (FeedException exception) when (exception.IsMissing)
            {
                // A mirror may have the archives only.
                return await ReadWholeAsync(run, position, cancellationToken);
            }
        }

        return await ReadWholeAsync(run, position, cancellationToken);
    }

    public async IAsyncEnumerable<AdvisoryItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var archive = await OpenAsync(tag: null, cancellationToken) ?? throw new FeedException("The source did not send its archive.");
        await foreach (var item in AdvisoryArchive.ReadAsync(archive.Content, cancellationToken))
        {
            yield return item;
        }
    }

    private async Task<FeedResult?> ReadWholeAsync(FeedRun run, OsvPosition? position, CancellationToken cancellationToken)
    {
        using var archive = await OpenAsync(position?.Archive, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        if (archive is null)
        {
            return new FeedResult(run.Records, position!.Rejected, run.Newest, (position with { FullAt = now }).ToString());
        }

        var unread = new List<string>();
        var result = await run.Import.ReplaceAsync(_scope, NoteAsync(AdvisoryArchive.ReadAsync(archive.Content, cancellationToken), unread), cancellationToken);
        return new FeedResult(result.Records, result.Rejected, result.Newest, OsvPosition.Of(archive.Tag, now, Believable(result.Newest), result.Rejected, unread).ToString());
    }

    private async Task<FeedResult?> ReadChangesAsync(FeedRun run, OsvPosition position, CancellationToken cancellationToken)
    {
        using var list = await source.OpenAsync(_list, position.List, cancellationToken);
        if (list is null)
        {
            return null;
        }

        var listed = await OsvChanges.ReadAsync(list.Content, position.Seen!.Value, cancellationToken);
        var known = await run.Import.KnownAsync(_scope, listed.Keys, cancellationToken);
        var changes = listed.Where(change => !known.TryGetValue(change.Key, out var modified) || modified < change.Value).ToList();
        if (changes.Count > MaxSingles)
        {
            return await ReadWholeAsync(run, position, cancellationToken);
        }

        // A cache may still hold a copy from before the change that the list tells of: then that one is looked at again.
        var late = new List<DateTime>();
        var absent = new List<string>();
        var unread = new List<string>();
        var result = await run.Import.UpdateAsync(_scope, NoteAsync(FetchAsync(changes, late, absent, cancellationToken), unread), cancellationToken);
        if (absent.Count > 0)
        {
            // A mirror may have these in its archive only.
            return await ReadWholeAsync(run, position, cancellationToken);
        }

        var seen = late.Count > 0 ? late.Min() : listed.Values.Select(time => Believable(time)!.Value).Append(position.Seen.Value).Max();
        var next = position.After(changes.Select(change => change.Key).ToHashSet(StringComparer.Ordinal), unread) with { Seen = seen, List = late.Count > 0 ? null : list.Tag };
        return new FeedResult(run.Records + result.Added, next.Rejected, run.Newest is null || result.Newest > run.Newest ? result.Newest : run.Newest, next.ToString());
    }

    // Which can't be read.
    private static async IAsyncEnumerable<AdvisoryItem> NoteAsync(IAsyncEnumerable<AdvisoryItem> items, List<string> unread)
    {
        await foreach (var item in items)
        {
            if (item.Record is null)
            {
                unread.Add(item.Name);
            }

            yield return item;
        }
    }

    private async IAsyncEnumerable<AdvisoryItem> FetchAsync(
        IReadOnlyList<KeyValuePair<string, DateTime>> changes, List<DateTime> late, List<string> absent, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var some in changes.Chunk(Parallel))
        {
            var items = await Task.WhenAll(some.Select(change => FetchAsync(change.Key, cancellationToken)));
            foreach (var (change, item) in some.Zip(items))
            {
                if (item is null)
                {
                    absent.Add(change.Key);
                    continue;
                }

                if (item.Record?.Modified < change.Value)
                {
                    late.Add(change.Value);
                }

                yield return item;
            }
        }
    }

    // Null where the source does not have it.
    private async Task<AdvisoryItem?> FetchAsync(string id, CancellationToken cancellationToken)
    {
        var file = new FeedFile($"{ecosystem.Name}/{id}.json", null, AdvisoryDocument.MaxBytes);
        try
        {
            using var record = file.IsPlain && !id.Contains('/', StringComparison.Ordinal) ? await source.OpenAsync(file, tag: null, cancellationToken) : null;
            if (record is null)
            {
                return new AdvisoryItem(id, null, null);
            }

            using var json = new MemoryStream();
            await record.Content.CopyToAsync(json, cancellationToken);
            var item = AdvisoryItem.Parse(id, json.ToArray());
            return item.Record?.Id == id ? item : item with { Record = null };
        }
        catch (FeedException exception) when (exception.IsMissing)
        {
            return null;
        }
    }

    // A record from the future must not make the feed wait for that time.
    private DateTime? Believable(DateTime? time) => time is { } told && clock.GetUtcNow().UtcDateTime is var now && told > now ? now : time;

    private async Task<FetchedFile?> OpenAsync(string? tag, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenAsync(_archive, tag, cancellationToken);
        }
        catch (FeedException exception) when (exception.IsMissing)
        {
            throw new FeedException($"The source has no data for {ecosystem.Name}.", exception) { IsMissing = true };
        }
    }
}
