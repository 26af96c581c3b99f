using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Advisories;

/// <summary>
/// Fetches one file, within bounds of size and time: over https, or plain http from hosts that the configuration names. A download that
/// breaks off goes on where it stopped, if the server can do that, and never counts as the file before it is whole.
/// </summary>
public sealed class FeedDownloader(IHttpClientFactory clients, AdvisoryOptions options, TimeProvider clock)
{
    /// <summary>Name of the HTTP client: no redirects by itself, no cookies, no decompression.</summary>
    public const string ClientName = "advisories";

    private const int MaxRedirects = 5;
    private const int MaxAttempts = 5;

    /// <summary>Fetches what <paramref name="part"/> does not have yet.</summary>
    /// <param name="address">Where from.</param>
    /// <param name="maxBytes">Largest that is taken.</param>
    /// <param name="knownTag">The tag of a version that is not wanted again, or null.</param>
    /// <param name="part">What is here already; afterwards the whole file, or more of it than before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False where the file is the one with <paramref name="knownTag"/>.</returns>
    /// <exception cref="FeedException">It could not be fetched whole.</exception>
    public async Task<bool> FetchAsync(Uri address, long maxBytes, string? knownTag, PartialFile part, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(options.DownloadLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var had = part.Content.Length;
            try
            {
                return await AttemptAsync(address, maxBytes, knownTag, part, either.Token);
            }
            catch (HttpRequestException exception) when (exception.InnerException is OutboundException refusal)
            {
                throw new FeedException(refusal.Message, exception);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !either.IsCancellationRequested))
            {
                // Only what brought something is tried again at once.
                if (attempt == MaxAttempts || part.Content.Length <= had || !part.CanGoOn)
                {
                    throw new FeedException(exception is OperationCanceledException
                        ? $"{address.Host} did not answer in time." : $"{address.Host} could not be read: {DisplayText.Sanitise(exception.Message, 300)}", exception);
                }
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw TooSlow(address, exception);
            }
        }
    }

    private async Task<bool> AttemptAsync(Uri address, long maxBytes, string? knownTag, PartialFile part, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(options.IdleLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        using var response = await SendAsync(address, knownTag, part, either.Token);
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified:
                return false;
            case HttpStatusCode.PartialContent when part.IsContinuedBy(response):
                break;
            case HttpStatusCode.OK:
                part.Restart(PartialFile.TagOf(response));
                break;
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw new FeedException($"{address.Host} does not have the file {DisplayText.Sanitise(Uri.UnescapeDataString(address.AbsolutePath), 200)}.") { IsMissing = true };
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.IsWholeBy(response):
                return true;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when part.Content.Length > 0:
                part.Restart(null);
                return await AttemptAsync(address, maxBytes, knownTag, part, cancellationToken);
            // Something on the way does not like the question for a part: the next attempt would fare no better.
            case >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout) or HttpStatusCode.NotImplemented when part.CanGoOn:
                part.Restart(null);
                return await AttemptAsync(address, maxBytes, knownTag, part, cancellationToken);
            default:
                throw new FeedException($"{address.Host} answered {(int)response.StatusCode}.");
        }

        await SaveAsync(response, address, maxBytes, part, idle, either.Token);
        return true;
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, string? knownTag, PartialFile part, CancellationToken cancellationToken)
    {
        var isSecure = address.Scheme == Uri.UriSchemeHttps;
        // Name and password of a mirror are for itself, not for where it sends us.
        var login = Login(address);
        address = login is null ? address : new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        for (var redirects = 0; ; redirects++)
        {
            if (!options.MayRead(address) || (isSecure && address.Scheme != Uri.UriSchemeHttps))
            {
                throw new FeedException(redirects == 0 ? "The source of advisories must be an https address or a folder." : $"The source sends to {address.Host}, which is no https address.");
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = redirects == 0 ? login : null } };
            if (part.CanGoOn)
            {
                part.AskForRest(request.Headers);
            }
            else
            {
                PartialFile.AskIfChanged(request.Headers, knownTag);
            }

            var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            if (redirects == MaxRedirects)
            {
                throw new FeedException($"{address.Host} sends from address to address without end.");
            }

            address = Uri.TryCreate(address, location.OriginalString, out var next) && next.UserInfo.Length == 0 ? next : throw new FeedException($"{address.Host} sends to an address that is none.");
        }
    }

    private static AuthenticationHeaderValue? Login(Uri address) =>
        address.UserInfo.Length > 0 ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)))) : null;

    private async Task SaveAsync(HttpResponseMessage response, Uri address, long maxBytes, PartialFile part, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var content = part.Content;
        // A server may send less than the rest (RFC 9110, 15.3.7).
        var expected = response.Content.Headers.ContentRange?.Length ?? content.Length + response.Content.Headers.ContentLength;
        if (expected > maxBytes)
        {
            throw TooLarge(address, maxBytes, part);
        }

        content.Position = content.Length;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var pace = new SendingPace(clock);
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await pace.ReadAsync(body, buffer, cancellationToken)) > 0)
        {
            idle.CancelAfter(options.IdleLimit);
            if (pace.IsTooSlow)
            {
                throw TooSlow(address, null);
            }

            if (content.Length + read > maxBytes)
            {
                throw TooLarge(address, maxBytes, part);
            }

            await KeepAsync(part, buffer.AsMemory(0, read), cancellationToken);
        }

        if (expected is not null && expected != content.Length)
        {
            throw new IOException($"the download ended after {content.Length} of {expected} bytes.");
        }
    }

    // What the disk has no room for must not stay on it.
    private static async Task KeepAsync(PartialFile part, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await part.Content.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException exception)
        {
            part.Restart(null);
            throw new FeedException($"The download could not be stored: {DisplayText.Sanitise(exception.Message, 300)}", exception);
        }
    }

    private static FeedException TooSlow(Uri address, Exception? exception) => new($"{address.Host} sent too slowly; the download was given up.", exception);

    private static FeedException TooLarge(Uri address, long maxBytes, PartialFile part)
    {
        part.Restart(null);
        return new FeedException($"The file of {address.Host} is larger than {ByteText.Of(maxBytes)}.");
    }
}
