using System.Runtime.CompilerServices;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>
/// Copies the files of feeds from the web into a folder that another machine reads as its source. Each file appears whole or stays as it was; what broke off goes
/// on the next time, and what has not changed is not fetched again.
/// </summary>
public sealed class FeedExport(FeedSource source, FeedDownloader downloader, ILogger<FeedExport> logger)
{
    /// <summary>Where the export keeps its notes and unfinished files, beneath the folder.</summary>
    public const string NotesFolder = ".export";

    private const string ChangesFile = "modified_id.csv";

    /// <summary>Copies the files of some feeds, one after the other; tells of each as soon as it is done.</summary>
    /// <param name="folder">Exists and can be written.</param>
    /// <param name="feeds">Which; those that wait for consent fail.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async IAsyncEnumerable<ExportedFile> ExportAsync(
        string folder, IReadOnlyCollection<IAdvisoryFeed> feeds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var feed in feeds)
        {
            var (files, failure) = await ListAsync(feed, cancellationToken);
            if (failure is not null)
            {
                yield return failure;
            }

            foreach (var file in files)
            {
                yield return await CopyAsync(folder, file, cancellationToken);
            }
        }

        // As the bucket tells which ecosystems it has; those of earlier exports, too.
        List<string> ecosystems = [.. Directory.EnumerateDirectories(folder).Where(directory => File.Exists(Path.Combine(directory, "all.zip"))).Select(directory => Path.GetFileName(directory)).Order(StringComparer.Ordinal)];
        await WriteAsync(folder, "ecosystems.txt", ecosystems, cancellationToken);
        await WriteChangesAsync(folder, ecosystems, cancellationToken);
    }

    // Where the source has no list of an ecosystem's changes, one of all of them would be silent on those.
    private static async Task WriteChangesAsync(string folder, List<string> ecosystems, CancellationToken cancellationToken)
    {
        if (!ecosystems.TrueForAll(ecosystem => File.Exists(Path.Combine(folder, ecosystem, ChangesFile))))
        {
            File.Delete(Path.Combine(folder, ChangesFile));
            return;
        }

        var lists = ecosystems.ConvertAll(ecosystem => (Ecosystem: ecosystem, List: (Stream)File.OpenRead(Path.Combine(folder, ecosystem, ChangesFile))));
        try
        {
            await WriteAsync(folder, ChangesFile, await OsvChanges.JoinAsync(lists, cancellationToken), cancellationToken);
        }
        finally
        {
            lists.ForEach(list => list.List.Dispose());
        }
    }

    private static async Task WriteAsync(string folder, string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(folder, NotesFolder, name);
        await File.WriteAllLinesAsync(unfinished, lines, cancellationToken);
        File.Move(unfinished, Path.Combine(folder, name), overwrite: true);
    }

    private static async Task<(IReadOnlyList<FeedFile> Files, ExportedFile? Failure)> ListAsync(IAdvisoryFeed feed, CancellationToken cancellationToken)
    {
        try
        {
            return feed.Description.Refusal is { } refusal ? throw new FeedException(refusal) : (await feed.ListFilesAsync(cancellationToken), null);
        }
        catch (FeedException exception)
        {
            return ([], new ExportedFile(feed.Description.Title, ExportOutcome.Failed, 0, exception.Message));
        }
    }

    private async Task<ExportedFile> CopyAsync(string folder, FeedFile file, CancellationToken cancellationToken)
    {
        try
        {
            if (!file.IsPlain || file.Path.Contains(':', StringComparison.Ordinal))
            {
                throw new FeedException("This is not the name of a file of a feed.");
            }

            string target = Path.Combine([folder, .. file.Path.Split('/')]), note = Path.Combine([folder, NotesFolder, .. file.Path.Split('/')]), tag = $"{note}.tag", part = $"{note}.part";
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.CreateDirectory(Path.GetDirectoryName(note)!);
            var known = File.Exists(target) && File.Exists(tag) ? await File.ReadAllTextAsync(tag, cancellationToken) : null;
            await using var content = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true);
            var download = new NotedPart(content, logger);
            if (!await downloader.FetchAsync(source.WebAddress(file), file.MaxBytes, known, download, cancellationToken))
            {
                download.Discard();
                return new ExportedFile(file.Path, ExportOutcome.Unchanged, new FileInfo(target).Length, null);
            }

            await CheckAsync(file, download, cancellationToken);
            await content.FlushAsync(cancellationToken);
            var size = content.Length;
            await content.DisposeAsync();
            // The note last: without it the file is only fetched once more.
            File.Delete(tag);
            File.Move(part, target, overwrite: true);
            File.Delete($"{part}.tag");
            await File.WriteAllTextAsync(tag, download.Tag ?? "", cancellationToken);
            return new ExportedFile(file.Path, ExportOutcome.Fetched, size, null);
        }
        catch (FeedException exception) when (exception.IsMissing && file.IsOptional)
        {
            return new ExportedFile(file.Path, ExportOutcome.Absent, 0, null);
        }
        catch (Exception exception) when (exception is FeedException or IOException or UnauthorizedAccessException)
        {
            return new ExportedFile(file.Path, ExportOutcome.Failed, 0, DisplayText.Sanitise(exception.Message, 500));
        }
    }

    // What the feed could not use must neither replace what is there nor be continued.
    private static async Task CheckAsync(FeedFile file, NotedPart download, CancellationToken cancellationToken)
    {
        if (file.Check is null)
        {
            return;
        }

        try
        {
            download.Content.Position = 0;
            await file.Check(new BufferedStream(download.Content, 128 * 1024), cancellationToken);
        }
        catch (FeedException)
        {
            download.Restart(null);
            throw;
        }
    }
}

/// <summary>What became of a file.</summary>
/// <param name="Name">Its path in the folder; of a feed whose files could not be listed, its title.</param>
/// <param name="Bytes">Its size, 0 where it failed.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record ExportedFile(string Name, ExportOutcome Outcome, long Bytes, string? Reason);

/// <summary>The outcomes of copying a file. Absent: the source does not have it and may lack it.</summary>
public enum ExportOutcome { Fetched, Unchanged, Absent, Failed }
