using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.DotNet;

/// <summary>Microsoft's lists of .NET releases with the vulnerabilities that each fixed, where no advisory tells more of these. Looked at anew when NuGet's advisories changed.</summary>
public sealed class DotNetFeed(FeedSource source, AdvisoryOptions options, TimeProvider clock) : IRecordFeed
{
    public const string Key = "DOTNET";

    private const string IndexPath = "releases-index.json";
    private const long MaxBytes = 32 * 1024 * 1024;

    private readonly Uri? _index = source.AddressOf(Key, $"https://builds.dotnet.microsoft.com/dotnet/release-metadata/{IndexPath}");
    private readonly ImportScope _scope = new(Key, null) { IsDerived = true };

    public FeedDescription Description => new(Key, ".NET releases", source.Describe(FileOf("")), [AdvisoryDatabase.DotNet]);

    public IReadOnlyList<string> Ecosystems { get; } = [Ecosystem.NuGet];

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => db.MatchableComponents.AnyAsync(
        c => c.EcosystemBase == Ecosystem.NuGet
            && (c.AdvisoryName.StartsWith(RuntimePacks.Core) || c.AdvisoryName.StartsWith(RuntimePacks.AspNetCore) || c.AdvisoryName.StartsWith(RuntimePacks.WindowsDesktop)), cancellationToken);

    public async Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken)
    {
        using var index = await OpenAsync("", cancellationToken);
        return [FileOf(""), .. (await DotNetIndex.ReadAsync(index.Content, cancellationToken)).Channels.Select(FileOf)];
    }

    public async Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken)
    {
        await using var db = await run.Databases.CreateDbContextAsync(cancellationToken);
        var home = await HomeAdvisories.ReadAsync(db, cancellationToken);
        if (FeedPosition.Read<Position>(run.Position) is { Tags: not null, HasEnds: true } position && position.Home == home.Stamp && await IsUnchangedAsync(position, cancellationToken))
        {
            return null;
        }

        var (index, channels, tags) = await ReadAsync(cancellationToken);
        await KeepAsync(db, index, cancellationToken);
        var result = await run.Import.ReplaceAsync(_scope, DotNetAdvisories.Of(channels, home).ToAsyncEnumerable(), cancellationToken);
        return new FeedResult(result.Records, result.Rejected + channels.Sum(channel => channel.Rejected), result.Newest, FeedPosition.Write(new Position(home.Stamp, tags, HasEnds: true)));
    }

    public async IAsyncEnumerable<AdvisoryItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (_, channels, _) = await ReadAsync(cancellationToken);
        var nuget = new OsvFeed(OsvEcosystems.All.Single(ecosystem => ecosystem.Name == Ecosystem.NuGet), source, options, clock);
        var home = await HomeAdvisories.OfAsync(nuget.ReadAllAsync(cancellationToken).Where(item => item.Record is not null).Select(item => item.Record!), cancellationToken);
        foreach (var item in DotNetAdvisories.Of(channels, home))
        {
            yield return item;
        }
    }

    /// <summary>The runtimes of which support ended.</summary>
    /// <exception cref="FeedException">The index can't be read.</exception>
    public async Task<IReadOnlyList<SupportEnd>> ReadSupportEndsAsync(CancellationToken cancellationToken)
    {
        using var index = await OpenAsync("", cancellationToken);
        return [.. (await DotNetIndex.ReadAsync(index.Content, cancellationToken)).SupportEnds()];
    }

    private static async Task KeepAsync(ScoutDb db, DotNetIndex index, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.SupportEnds.Where(end => end.Product == DotNetIndex.Product).ExecuteDeleteAsync(cancellationToken);
        db.SupportEnds.AddRange(index.SupportEnds());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<(DotNetIndex Index, IReadOnlyList<DotNetChannel> Channels, Dictionary<string, string?> Tags)> ReadAsync(CancellationToken cancellationToken)
    {
        var tags = new Dictionary<string, string?>(StringComparer.Ordinal);
        var channels = new List<DotNetChannel>();
        using var content = await OpenAsync("", cancellationToken);
        tags[""] = content.Tag;
        var index = await DotNetIndex.ReadAsync(content.Content, cancellationToken);
        foreach (var channel in index.Channels)
        {
            using var file = await OpenAsync(channel, cancellationToken);
            tags[channel] = file.Tag;
            channels.Add(await DotNetChannel.ReadAsync(channel, file.Content, cancellationToken));
        }

        return (index, channels, tags);
    }

    private async Task<bool> IsUnchangedAsync(Position position, CancellationToken cancellationToken)
    {
        foreach (var (channel, tag) in position.Tags)
        {
            using var file = tag is null ? null : await source.OpenAsync(FileOf(channel), tag, cancellationToken);
            if (tag is null || file is not null)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<FetchedFile> OpenAsync(string channel, CancellationToken cancellationToken) =>
        await source.OpenAsync(FileOf(channel), tag: null, cancellationToken) ?? throw new FeedException("The source did not send the list of .NET releases.");

    // "" is the index. Where the channels' lists are is not left to the index to say: they lie beside it.
    private FeedFile FileOf(string channel)
    {
        var path = channel.Length == 0 ? IndexPath : $"{channel}/releases.json";
        return new FeedFile($"dotnet/{path}", FeedSource.Beside(_index, path), MaxBytes)
        {
            Check = channel.Length == 0 ? DotNetIndex.ReadAsync : (json, cancellationToken) => DotNetChannel.ReadAsync(channel, json, cancellationToken),
        };
    }

    // Tags of the files by channel, of the index by "". HasEnds: false in notes of before the ends of support were kept.
    private sealed record Position(string Home, Dictionary<string, string?> Tags, bool HasEnds = false);
}
