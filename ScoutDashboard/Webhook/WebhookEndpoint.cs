using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Webhook;

/// <summary>
/// Answers Event Grid. It never sends an event again after 400, 401, 403 or 413, so those are for requests that can never be right;
/// whatever is our fault or passes is 503, which it repeats no sooner than after 30 seconds (Event Grid, "delivery and retry"), and what is too much at once is 429
/// (RFC 6585, section 4), which it repeats, too. Only what was stored is answered 200.
/// </summary>
public sealed class WebhookEndpoint(IDbContextFactory<ScoutDb> databases, EventStore store, EventWriter writer, WebhookLimiter limiter, WebhookOptions options, ILogger<WebhookEndpoint> logger)
{
    private const int RetryAfterSeconds = 30;

    public async Task PostAsync(HttpContext context, string key)
    {
        try
        {
            if (await EnterAsync(context, key) is not { } integrationId)
            {
                return;
            }

            if (await ReadBodyAsync(context) is not { } body)
            {
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return;
            }

            await ReceiveAsync(context, integrationId, body);
        }
        catch (DbException exception)
        {
            logger.LogError(exception, "The webhook could not read the database; Event Grid will send its events again.");
            AnswerLater(context);
        }
    }

    /// <summary>The handshake of CloudEvents ("HTTP 1.1 Web Hooks for event delivery", section 4). WebHook-Request-Callback is never called: it is the caller's text.</summary>
    public async Task OptionsAsync(HttpContext context, string key)
    {
        try
        {
            if (await EnterAsync(context, key) is null)
            {
                return;
            }

            var origin = context.Request.Headers["WebHook-Request-Origin"].ToString();
            if (Uri.CheckHostName(origin) == UriHostNameType.Unknown)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            var asked = int.TryParse(context.Request.Headers["WebHook-Request-Rate"], NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0 ? rate : int.MaxValue;
            context.Response.Headers.Allow = "POST";
            context.Response.Headers["WebHook-Allowed-Origin"] = origin;
            context.Response.Headers["WebHook-Allowed-Rate"] = Math.Min(asked, options.RequestsPerMinute).ToString(CultureInfo.InvariantCulture);
        }
        catch (DbException exception)
        {
            logger.LogError(exception, "The webhook's handshake could not read the database.");
            AnswerLater(context);
        }
    }

    private async Task ReceiveAsync(HttpContext context, long integrationId, ReadOnlyMemory<byte> body)
    {
        var form = EventReader.Read(body, out var content);
        if (form != BodyForm.Events)
        {
            context.Response.StatusCode = form == BodyForm.TooManyEvents ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
            return;
        }

        // What comes again costs nothing: Event Grid repeats what it had no answer to, and that must not stand in the way of what is new. Nor does the handshake.
        var delivery = new Delivery(integrationId, content.Events);
        var handshakes = content.ValidationCode is null ? 0 : 1;
        if (limiter.TakeEvents(integrationId, Math.Max(0, await store.CountNewAsync(delivery, context.RequestAborted) - handshakes)) is { } wait)
        {
            AnswerTooMany(context, wait);
            return;
        }

        // Stored even where the sender hangs up: it counts as delivered only once answered, and a second delivery does no harm.
        if (!await writer.StoreAsync(delivery))
        {
            AnswerLater(context);
            return;
        }

        if (content.ValidationCode is { } code)
        {
            await context.Response.WriteAsJsonAsync(new { validationResponse = code }, context.RequestAborted);
        }
    }

    // The integration whose key this is, where it may call now; otherwise the answer is written.
    private async Task<long?> EnterAsync(HttpContext context, string key)
    {
        var hash = UrlKey.Hash(key);
        var network = ClientNetwork.Of(context.Connection.RemoteIpAddress);
        if (!limiter.Guesses.MayTry(network, hash))
        {
            AnswerTooMany(context, TimeSpan.FromSeconds(RetryAfterSeconds));
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(context.RequestAborted);
        db.LimitWait(options.DatabaseWait);
        var found = await db.Integrations.Where(i => i.WebhookKeyHash == hash).Select(i => new { i.Id, i.WebhookKeyHash, i.RemovedAt }).SingleOrDefaultAsync(context.RequestAborted);
        var isRight = CryptographicOperations.FixedTimeEquals(hash, found?.WebhookKeyHash ?? new byte[hash.Length]);
        limiter.Guesses.Note(network, hash, isRight);
        if (!isRight || found is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return null;
        }

        if (found.RemovedAt is not null)
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return null;
        }

        if (limiter.Enter(found.Id) is { } wait)
        {
            AnswerTooMany(context, wait);
            return null;
        }

        return found.Id;
    }

    // Null where the body is over the limit. Deliveries may be chunked, so Content-Length is no proof.
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > WebhookOptions.MaxBodyBytes)
        {
            return null;
        }

        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(body.GetMemory(16 * 1024), context.RequestAborted);
            if (read == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > WebhookOptions.MaxBodyBytes)
            {
                return null;
            }
        }
    }

    private static void AnswerLater(HttpContext context) => Answer(context, StatusCodes.Status503ServiceUnavailable, RetryAfterSeconds);

    private static void AnswerTooMany(HttpContext context, TimeSpan wait) => Answer(context, StatusCodes.Status429TooManyRequests, Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));

    private static void Answer(HttpContext context, int status, int seconds)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }
}
