using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Support;

/// <summary>Stands before a registry and passes everything on, except for what a test told it to spoil.</summary>
public sealed class FaultyRegistry : IAsyncDisposable
{
    private readonly HttpClient _behind = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly ConcurrentDictionary<string, (RegistryFault Fault, int Times)> _faults = new();
    private readonly ConcurrentDictionary<string, HeldAnswer> _held = new();
    private readonly string _registry;
    private readonly string _allowedHosts;
    private readonly WebApplication _app;

    private FaultyRegistry(string registry, string allowedHosts)
    {
        (_registry, _allowedHosts) = (registry, allowedHosts);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public string Host => new Uri(_app.Urls.Single()).Authority;

    public string AllowedHosts => $"http://{Host},{_allowedHosts}";

    public RegistryAccess Access => RegistryHost.Sign(Host, AllowedHosts, RegistryHost.TokenName, RegistryHost.Password);

    /// <summary>Method and path with query of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static Task<FaultyRegistry> StartAsync(RegistryHost registry) => StartAsync(registry.Host, registry.AllowedHosts);

    /// <param name="registry"><c>host:port</c>, over plain http.</param>
    /// <param name="allowedHosts">What the dashboard must be allowed to connect for it.</param>
    public static async Task<FaultyRegistry> StartAsync(string registry, string allowedHosts)
    {
        var faulty = new FaultyRegistry(registry, allowedHosts);
        await faulty._app.StartAsync();
        return faulty;
    }

    /// <summary>Spoils successful answers whose path holds this text (a digest, <c>/blobs/</c> …), so many times.</summary>
    public void Spoil(string pathPart, RegistryFault fault, int times = int.MaxValue) => _faults[pathPart] = (fault, times);

    /// <summary>Sends half of the next answer to a GET whose path holds this text, and the rest once the test says so.</summary>
    public HeldAnswer Hold(string pathPart) => _held[pathPart] = new HeldAnswer();

    public void Heal() => _faults.Clear();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _behind.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path + context.Request.QueryString;
        Requests.Enqueue($"{context.Request.Method} {path}");
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"http://{_registry}{path}");
        foreach (var name in new[] { "Authorization", "Accept" })
        {
            request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].AsEnumerable());
        }

        using var answer = await _behind.SendAsync(request, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        // Also of a registry without that list.
        var fault = answer.IsSuccessStatusCode || path.Contains("/referrers/", StringComparison.Ordinal) ? Next(path) : null;
        if (fault is { } status and (RegistryFault.Throttled or RegistryFault.ThrottledWithoutTime or RegistryFault.Refused or RegistryFault.Down))
        {
            context.Response.StatusCode = status switch { RegistryFault.Refused => 403, RegistryFault.Down => 503, _ => 429 };
            context.Response.Headers.RetryAfter = status is RegistryFault.Throttled or RegistryFault.Down ? "0" : default;
            return;
        }

        if (fault == RegistryFault.Expired)
        {
            using var anonymous = await _behind.GetAsync(new Uri($"http://{_registry}{path}"), context.RequestAborted);
            Copy(anonymous, context.Response);
            if (anonymous.IsSuccessStatusCode)
            {
                // A registry that asks nobody else for a password.
                context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"registry\"";
            }

            return;
        }

        if (fault == RegistryFault.EndlessPages)
        {
            context.Response.ContentType = "application/vnd.oci.image.index.v1+json";
            context.Response.Headers.Link = $"<{context.Request.Path}?page={Requests.Count}>; rel=\"next\"";
            await context.Response.WriteAsync("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""");
            return;
        }

        Copy(answer, context.Response);
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        if (answer.IsSuccessStatusCode && HttpMethods.IsGet(context.Request.Method) && TakeHeld(path) is { } held)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
            await context.Response.Body.FlushAsync();
            await held.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(body.AsMemory(body.Length / 2));
            return;
        }

        await SendAsync(context, body, fault);
    }

    private HeldAnswer? TakeHeld(string path) =>
        _held.Keys.FirstOrDefault(part => path.Contains(part, StringComparison.Ordinal)) is { } part && _held.TryRemove(part, out var held) ? held : null;

    private static async Task SendAsync(HttpContext context, byte[] body, RegistryFault? fault)
    {
        switch (fault)
        {
            case RegistryFault.BreaksOff:
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case RegistryFault.EndsEarly:
                context.Response.ContentLength = body.Length / 2;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                break;
            case RegistryFault.SendsMore:
                context.Response.ContentLength = body.Length + 1;
                await context.Response.Body.WriteAsync((byte[])[.. body, 0]);
                break;
            case RegistryFault.NeverEnds:
                context.Response.ContentLength = null;
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(body);
                }

                break;
            case RegistryFault.StopsSending:
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            case RegistryFault.Drips:
                foreach (var octet in body)
                {
                    await context.Response.Body.WriteAsync((byte[])[octet], context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
                }

                break;
            case RegistryFault.OtherBytes:
                body[^1] ^= 1;
                await context.Response.Body.WriteAsync(body);
                break;
            case RegistryFault.RedirectsElsewhere:
                context.Response.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
                context.Response.Headers.Location = "https://elsewhere.invalid/blob";
                context.Response.ContentLength = 0;
                break;
            default:
                await context.Response.Body.WriteAsync(HttpMethods.IsHead(context.Request.Method) ? default : body.AsMemory());
                break;
        }
    }

    private static void Copy(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var name in new[] { "WWW-Authenticate", "Docker-Content-Digest", "Link", "Location" })
        {
            if (answer.Headers.TryGetValues(name, out var values))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        response.ContentType = answer.Content.Headers.ContentType?.ToString();
    }

    private RegistryFault? Next(string path)
    {
        foreach (var (part, (fault, times)) in _faults.Where(entry => path.Contains(entry.Key, StringComparison.Ordinal) && entry.Value.Times > 0))
        {
            _faults[part] = (fault, times - 1);
            return fault;
        }

        return null;
    }
}

/// <summary>An answer that stops in the middle until it is released.</summary>
public sealed class HeldAnswer
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when half of the answer was sent.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void Release() => _released.TrySetResult();

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>
/// What goes wrong: the connection breaks in the middle; the answer ends after half as if that were all; one bit differs; a byte more than announced; no end; silence after
/// half; a byte a second; 429 with and without a time; 403; 503; a redirect to a stranger; the token counts no more; a list whose pages never end.
/// </summary>
public enum RegistryFault { BreaksOff, EndsEarly, OtherBytes, SendsMore, NeverEnds, StopsSending, Drips, Throttled, ThrottledWithoutTime, Refused, Down, RedirectsElsewhere, Expired, EndlessPages }
