using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>One ecosystem of a source laid out as the public OSV bucket (<c>&lt;ecosystem&gt;/all.zip</c>).</summary>
public sealed class OsvFeed(OsvEcosystem ecosystem, FeedSource source, AdvisoryOptions options) : IRecordFeed
{
    private const long MaxArchiveBytes = 4L * 1024 * 1024 * 1024;

    private readonly FeedFile _archive = new($"{ecosystem.Name}/all.zip", null, MaxArchiveBytes);
    private readonly ImportScope _scope = new(Advisory.Bucket, ecosystem.Name);

    public FeedDescription Description { get; } = new(ecosystem.Name, ecosystem.Name, options.DisplaySource, ecosystem.Databases)
    {
        Covers = ecosystem.Name,
        Refusal = ecosystem.HasTerms && !options.Accepts(ecosystem.Name)
            ? $"The licence of {ecosystem.Name}'s advisories is yours to accept: add {ecosystem.Name} to the setting Advisories:OptIn to load them." : null,
    };

    public IReadOnlyList<string> Ecosystems { get; } = [ecosystem.Name];

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => db.Components.AnyAsync(c => c.EcosystemBase == ecosystem.Name, cancellationToken);

    public Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FeedFile>>([_archive]);

    public async Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken)
    {
        using var archive = await OpenAsync(run.Position, cancellationToken);
        if (archive is null)
        {
            return null;
        }

        var result = await run.Import.ReplaceAsync(_scope, AdvisoryArchive.ReadAsync(archive.Content, cancellationToken), cancellationToken);
        return new FeedResult(result.Records, result.Rejected, result.Newest, archive.Tag);
    }

    public async IAsyncEnumerable<AdvisoryItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var archive = await OpenAsync(tag: null, cancellationToken) ?? throw new FeedException("The source did not send its archive.");
        await foreach (var item in AdvisoryArchive.ReadAsync(archive.Content, cancellationToken))
        {
            yield return item;
        }
    }

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
