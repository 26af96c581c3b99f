using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Msrc;

/// <summary>
/// Windows, by the documents of Microsoft's security updates. The service answers no conditional requests: its list tells when each document was changed, and
/// only those that were since are fetched. Each document is a source of its own, so that what it drops goes and an attempt that broke off goes on.
/// </summary>
public sealed class MsrcFeed(FeedSource source) : IRecordFeed
{
    public const string Key = "MSRC";

    private const long MaxListBytes = 16 * 1024 * 1024;
    private const long MaxDocumentBytes = 128 * 1024 * 1024;

    private readonly Uri? _api = source.AddressOf(Key, "https://api.msrc.microsoft.com/cvrf/v3.0/");

    public FeedDescription Description => new(Key, "Windows", source.Describe(List), [AdvisoryDatabase.Msrc]) { Covers = Ecosystem.Windows };

    public IReadOnlyList<string> Ecosystems { get; } = [Ecosystem.Windows];

    private FeedFile List => new("msrc/updates.json", FeedSource.Beside(_api, "updates"), MaxListBytes) { Check = MsrcUpdates.ReadAsync };

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => db.MatchableComponents.AnyAsync(c => c.EcosystemBase == Ecosystem.Windows, cancellationToken);

    public async Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken)
    {
        using var list = await OpenAsync(List, cancellationToken);
        return [List, .. (await MsrcUpdates.ReadAsync(list.Content, cancellationToken)).Select(document => FileOf(document.Id))];
    }

    public async Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken)
    {
        var position = FeedPosition.Read<Position>(run.Position) is { Documents: not null } read ? read : new Position(null, []);
        using var list = await source.OpenAsync(List, position.Tag, cancellationToken);
        if (list is null)
        {
            return null;
        }

        var documents = position.Documents;
        try
        {
            await UpdateAsync(run.Import, await MsrcUpdates.ReadAsync(list.Content, cancellationToken), documents, cancellationToken);
        }
        catch (FeedException exception)
        {
            throw new FeedException(exception.Message, exception) { IsMissing = exception.IsMissing, Position = FeedPosition.Write(new Position(null, documents)) };
        }

        return new FeedResult(
            documents.Values.Sum(document => document.Records), documents.Values.Sum(document => document.Rejected), documents.Values.Max(document => document.Newest),
            FeedPosition.Write(new Position(list.Tag, documents)));
    }

    public async IAsyncEnumerable<AdvisoryItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var list = await OpenAsync(List, cancellationToken);
        foreach (var (id, _) in await MsrcUpdates.ReadAsync(list.Content, cancellationToken))
        {
            foreach (var item in MsrcAdvisories.Of(id, await ReadAsync(id, cancellationToken)))
            {
                yield return item;
            }
        }
    }

    private async Task UpdateAsync(AdvisoryImport import, IReadOnlyList<(string Id, DateTime ChangedAt)> listed, Dictionary<string, Read> documents, CancellationToken cancellationToken)
    {
        foreach (var (id, changedAt) in listed.Where(document => documents.GetValueOrDefault(document.Id)?.ChangedAt != document.ChangedAt))
        {
            var document = await ReadAsync(id, cancellationToken);
            var result = await import.ReplaceAsync(ScopeOf(id), MsrcAdvisories.Of(id, document).ToAsyncEnumerable(), cancellationToken);
            documents[id] = new Read(changedAt, result.Records, document.Rejected + result.Rejected, result.Newest);
        }

        foreach (var id in documents.Keys.Except(listed.Select(document => document.Id)).ToList())
        {
            await import.ReplaceAsync(ScopeOf(id), AsyncEnumerable.Empty<AdvisoryItem>(), cancellationToken);
            documents.Remove(id);
        }
    }

    private async Task<MsrcDocument> ReadAsync(string id, CancellationToken cancellationToken)
    {
        using var file = await OpenAsync(FileOf(id), cancellationToken);
        return await MsrcDocument.ReadAsync(id, file.Content, cancellationToken);
    }

    private async Task<FetchedFile> OpenAsync(FeedFile file, CancellationToken cancellationToken) =>
        await source.OpenAsync(file, tag: null, cancellationToken) ?? throw new FeedException($"The source did not send {file.Path}.");

    private FeedFile FileOf(string id) => new($"msrc/{id}.json", FeedSource.Beside(_api, $"cvrf/{id}"), MaxDocumentBytes)
    {
        Check = (json, cancellationToken) => MsrcDocument.ReadAsync(id, json, cancellationToken),
    };

    private static ImportScope ScopeOf(string id) => new($"{Key} {id}", null) { IsDerived = true };

    // Tag of the list, where all of it was read; what was stored of each document.
    private sealed record Position(string? Tag, Dictionary<string, Read> Documents);

    private sealed record Read(DateTime ChangedAt, int Records, int Rejected, DateTime? Newest);
}
