using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>A source laid out as the public OSV bucket (<c>&lt;ecosystem&gt;/all.zip</c>): an address, or a folder for sites without internet.</summary>
public sealed class OsvFeed(IHttpClientFactory clients, AdvisoryOptions options) : IAdvisoryFeed
{
    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "advisories";

    private const long MaxArchiveBytes = 4L * 1024 * 1024 * 1024;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    public Task<FetchedArchive?> FetchAsync(string ecosystem, string? tag, CancellationToken cancellationToken)
    {
        // The name becomes part of a path; it comes from our own list of ecosystems, and stays harmless if that ever changes.
        if (ecosystem.Length == 0 || ecosystem.AsSpan().IndexOfAny("/\\:%") >= 0 || ecosystem.StartsWith('.'))
        {
            throw new FeedException($"'{ecosystem}' is not the name of an ecosystem.");
        }

        return Uri.TryCreate(options.Source, UriKind.Absolute, out var address) && !address.IsFile
            ? DownloadAsync(Archive(address, ecosystem), ecosystem, tag, cancellationToken)
            : Task.FromResult(Open(address?.LocalPath ?? options.Source, ecosystem, tag));
    }

    private static FetchedArchive? Open(string folder, string ecosystem, string? tag)
    {
        var file = new FileInfo(Path.Combine(folder, ecosystem, "all.zip"));
        if (!Directory.Exists(folder))
        {
            throw new FeedException($"The folder {folder} does not exist.");
        }

        if (!file.Exists)
        {
            throw NoData(ecosystem);
        }

        var current = string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}-{file.Length}");
        if (current == tag)
        {
            return null;
        }

        try
        {
            return new FetchedArchive(file.OpenRead(), current);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FeedException($"The file {file.FullName} can't be read.", exception);
        }
    }

    private async Task<FetchedArchive?> DownloadAsync(Uri address, string ecosystem, string? tag, CancellationToken cancellationToken)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        {
            throw new FeedException("The source of advisories must be an https address or a folder.");
        }

        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(IdleLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (tag is not null && EntityTagHeaderValue.TryParse(tag, out var known))
            {
                request.Headers.IfNoneMatch.Add(known);
            }

            using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, idle.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.NotModified => null,
                HttpStatusCode.NotFound => throw NoData(ecosystem),
                HttpStatusCode.OK => new FetchedArchive(await SaveAsync(response, idle, cancellationToken), response.Headers.ETag?.ToString()),
                _ => throw new FeedException($"{address.Host} answered {(int)response.StatusCode}."),
            };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FeedException($"{address.Host} did not answer in time.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new FeedException($"{address.Host} could not be read: {exception.Message}", exception);
        }
    }

    // Whole before anything is imported: half a download must not look like a feed in which half of the advisories are gone.
    private static async Task<FileStream> SaveAsync(HttpResponseMessage response, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var expected = response.Content.Headers.ContentLength;
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"scout-{Guid.NewGuid():n}.zip"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            bufferSize: 128 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(idle.Token);
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, idle.Token)) > 0)
            {
                idle.CancelAfter(IdleLimit);
                if (file.Length + read > MaxArchiveBytes)
                {
                    throw new FeedException("The archive is larger than 4 GiB.");
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (expected is not null && expected != file.Length)
            {
                throw new FeedException($"The download ended after {file.Length} of {expected} bytes.");
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static Uri Archive(Uri source, string ecosystem) => new($"{source.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{Uri.EscapeDataString(ecosystem)}/all.zip{source.Query}");

    private static FeedException NoData(string ecosystem) => new($"The source has no data for {ecosystem}.");
}
