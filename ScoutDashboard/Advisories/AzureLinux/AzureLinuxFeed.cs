using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.AzureLinux;

/// <summary>
/// Azure Linux and CBL-Mariner, by the OVAL definitions that Microsoft writes daily. OSV's copy is made of the same and was not renewed for months
/// (microsoft/AzureLinuxVulnerabilityData#4): it stands in only for a release whose definitions the source does not have.
/// </summary>
public sealed class AzureLinuxFeed(FeedSource source, AdvisoryOptions options, TimeProvider clock) : IRecordFeed
{
    /// <summary>Key of its configured address; that of its state is the ecosystem, as it was while OSV's copy was read.</summary>
    public const string AddressKey = "AZURELINUX";

    private const long MaxBytes = 512L * 1024 * 1024;

    private static readonly (string Ecosystem, string Name)[] Releases = [("Azure Linux:3", "azurelinux-3.0-oval.xml"), ("Azure Linux:2", "cbl-mariner-2.0-oval.xml")];

    private readonly OsvFeed _copy = new(OsvEcosystems.AzureLinux, source, options, clock);
    private readonly Uri? _folder = source.AddressOf(AddressKey, "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/");

    // Whichever brings them, these are the records of this ecosystem.
    private readonly ImportScope _scope = new(Advisory.Bucket, Ecosystem.AzureLinux) { IsDerived = true };

    public FeedDescription Description => new(Ecosystem.AzureLinux, Ecosystem.AzureLinux, source.Describe(FileOf(Releases[0].Name)), [AdvisoryDatabase.AzureLinux]) { Covers = Ecosystem.AzureLinux };

    public IReadOnlyList<string> Ecosystems { get; } = [Ecosystem.AzureLinux];

    public Task<bool> IsNeededAsync(ScoutDb db, CancellationToken cancellationToken) => _copy.IsNeededAsync(db, cancellationToken);

    public async Task<IReadOnlyList<FeedFile>> ListFilesAsync(CancellationToken cancellationToken) =>
        [.. Releases.Select(release => FileOf(release.Name)), .. (await _copy.ListFilesAsync(cancellationToken)).Select(file => file with { IsOptional = true })];

    public async Task<FeedResult?> RunAsync(FeedRun run, CancellationToken cancellationToken)
    {
        var position = FeedPosition.Read<Position>(run.Position) is { Tags: not null } read ? read : null;
        if (position is { Tags.Count: > 0 } && await IsUnchangedAsync(position.Tags, cancellationToken))
        {
            return null;
        }

        var (releases, tags) = await ReadAsync(cancellationToken);
        if (position?.Tags.Keys.FirstOrDefault(name => !tags.ContainsKey(name)) is { } gone)
        {
            // What was read of it is newer than the copy.
            throw new FeedException($"The source no longer has {gone}.");
        }

        if (releases.Count == 0)
        {
            return await _copy.RunAsync(run with { Position = position?.Copy }, cancellationToken) is { } copied ? copied with { Position = FeedPosition.Write(new Position([], copied.Position)) } : null;
        }

        var result = await run.Import.ReplaceAsync(_scope, RecordsAsync(releases, cancellationToken), cancellationToken);
        return new FeedResult(result.Records, result.Rejected, result.Newest, FeedPosition.Write(new Position(tags, null)));
    }

    public async IAsyncEnumerable<AdvisoryItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (releases, _) = await ReadAsync(cancellationToken);
        await foreach (var item in releases.Count == 0 ? _copy.ReadAllAsync(cancellationToken) : RecordsAsync(releases, cancellationToken))
        {
            yield return item;
        }
    }

    // Of a release without definitions, what the copy has; there may be none.
    private async IAsyncEnumerable<AdvisoryItem> RecordsAsync(List<(string Ecosystem, IReadOnlyList<OvalVulnerability> Vulnerabilities)> releases, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in AzureLinuxAdvisories.Of(releases))
        {
            told.Add(item.Name);
            yield return item;
        }

        foreach (var item in releases.Count == Releases.Length ? [] : await CopiedAsync(cancellationToken))
        {
            if (item.Record is { } record && !told.Contains(record.Id) && !record.Affected.Any(entry => releases.Exists(release => release.Ecosystem == entry.Ecosystem)))
            {
                yield return item;
            }
        }
    }

    private async Task<List<AdvisoryItem>> CopiedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _copy.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken);
        }
        catch (FeedException exception) when (exception.IsMissing)
        {
            return [];
        }
    }

    private async Task<(List<(string Ecosystem, IReadOnlyList<OvalVulnerability> Vulnerabilities)> Releases, Dictionary<string, string?> Tags)> ReadAsync(CancellationToken cancellationToken)
    {
        var releases = new List<(string, IReadOnlyList<OvalVulnerability>)>();
        var tags = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (ecosystem, name) in Releases)
        {
            try
            {
                using var file = await source.OpenAsync(FileOf(name), tag: null, cancellationToken) ?? throw new FeedException($"The source did not send {name}.");
                releases.Add((ecosystem, await OvalReader.ReadAsync(file.Content, MaxBytes, cancellationToken)));
                tags[name] = file.Tag;
            }
            catch (FeedException exception) when (exception.IsMissing)
            {
                // A folder or a mirror may lack it.
            }
        }

        return (releases, tags);
    }

    private async Task<bool> IsUnchangedAsync(Dictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        foreach (var (_, name) in Releases)
        {
            using var file = tags.GetValueOrDefault(name) is { } tag ? await source.OpenAsync(FileOf(name), tag, cancellationToken) : null;
            if (file is not null || tags.GetValueOrDefault(name) is null)
            {
                return false;
            }
        }

        return true;
    }

    private FeedFile FileOf(string name) => new($"azurelinux/{name}", FeedSource.Beside(_folder, name), MaxBytes)
    {
        IsOptional = true, Check = (xml, cancellationToken) => OvalReader.ReadAsync(xml, MaxBytes, cancellationToken),
    };

    // Tags by name, of the files that were there; none where the copy was read.
    private sealed record Position(Dictionary<string, string?> Tags, string? Copy);
}
