using System.Globalization;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Opens the files of feeds: from the configured folder, else from the web, where each is fetched whole first; one that breaks off goes on there at the next attempt.</summary>
public sealed class FeedSource(FeedDownloader downloader, AdvisoryOptions options, FeedParts parts)
{
    private const int ReadBytes = 128 * 1024;

    /// <summary>
    /// The address of a feed that is not in the OSV bucket: the configured one, else the one given. Null where a mirror is the source: whoever sets one has
    /// reasons to ask nobody else, so that its files are looked for beneath it.
    /// </summary>
    public Uri? AddressOf(string feedKey, string address) => options.Addresses.TryGetValue(feedKey, out var configured) ? configured : options.IsMirror ? null : new Uri(address);

    /// <summary>The address of a file beside another, or in a folder whose address ends in a slash; with its query, which may be a signature. Null for null.</summary>
    public static Uri? Beside(Uri? address, string path) => address is null ? null : new UriBuilder(new Uri(address, path)) { Query = address.Query }.Uri;

    /// <summary>Where a file is read from, as it may be shown.</summary>
    public string Describe(FeedFile file) => options.Folder is not null ? options.DisplaySource
        : DisplayText.Sanitise(WebAddress(file).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), 500);

    /// <summary>Opens a file.</summary>
    /// <param name="file">Which.</param>
    /// <param name="tag">The tag of the version that is known, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null where the file is the one with that tag.</returns>
    /// <exception cref="FeedException">It is not there, or not whole, or the source can't be reached.</exception>
    public async Task<FetchedFile?> OpenAsync(FeedFile file, string? tag, CancellationToken cancellationToken)
    {
        if (!file.IsPlain)
        {
            throw new FeedException($"'{DisplayText.Sanitise(file.Path, 100)}' is not the name of a file of a feed.");
        }

        if (options.Folder is { } folder)
        {
            return Open(folder, file, tag);
        }

        var part = parts.Open(WebAddress(file));
        try
        {
            if (!await downloader.FetchAsync(WebAddress(file), file.MaxBytes, tag, part, cancellationToken))
            {
                part.Discard();
                return null;
            }
        }
        catch
        {
            part.Leave();
            throw;
        }

        part.Content.Position = 0;
        return new FetchedFile(new BufferedStream(part.Content, ReadBytes), part.Tag) { Part = part, Stopping = cancellationToken };
    }

    /// <summary>The file in the web, whatever folder is configured.</summary>
    public Uri WebAddress(FeedFile file)
    {
        if (file.Address is not null)
        {
            return file.Address;
        }

        var bucket = options.Address ?? new Uri(AdvisoryOptions.PublicBucket);
        return new Uri($"{bucket.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}{bucket.Query}");
    }

    private static FetchedFile? Open(string folder, FeedFile wanted, string? tag)
    {
        if (!Directory.Exists(folder))
        {
            throw new FeedException($"The folder {DisplayText.Sanitise(folder, 300)} does not exist.");
        }

        var file = new FileInfo(Path.Combine([folder, .. wanted.Path.Split('/')]));
        // On Windows a colon would name a stream of another file.
        if (wanted.Path.Contains(':', StringComparison.Ordinal) || !file.Exists)
        {
            throw new FeedException($"The folder has no {DisplayText.Sanitise(wanted.Path, 100)}.") { IsMissing = true };
        }

        if (file.Length > wanted.MaxBytes)
        {
            throw new FeedException($"The file {DisplayText.Sanitise(file.FullName, 300)} is larger than {ByteText.Of(wanted.MaxBytes)}.");
        }

        var current = string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}-{file.Length}");
        if (current == tag)
        {
            return null;
        }

        try
        {
            return new FetchedFile(file.OpenRead(), current);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FeedException($"The file {DisplayText.Sanitise(file.FullName, 300)} can't be read.", exception);
        }
    }
}
