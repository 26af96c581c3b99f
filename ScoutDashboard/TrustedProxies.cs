using Microsoft.AspNetCore.HttpOverrides;
using ScoutDashboard.Parts;

namespace ScoutDashboard;

/// <summary>Believes only the proxies that <c>Scout:TrustedProxies</c> names who the visitor is, and says once in the log that there is another.</summary>
public sealed class TrustedProxies(ILogger<TrustedProxies> logger)
{
    private int _hasSaid;

    public static void Configure(ForwardedHeadersOptions options, IConfiguration configuration)
    {
        options.ForwardedHeaders = ForwardedHeaders.None;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in ScoutOptions.Read(configuration).TrustedProxies)
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.KnownIPNetworks.Add(ScoutOptions.TryParseProxy(proxy, out var network) ? network : throw new InvalidOperationException("A trusted proxy is no address."));
        }
    }

    /// <summary>Stands behind the middleware that takes the headers of known proxies away.</summary>
    public Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (_hasSaid == 0 && headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName) && !headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName)
            && Interlocked.Exchange(ref _hasSaid, 1) == 0)
        {
            logger.LogWarning(
                "A request from {Address} says that it was forwarded, but Scout:TrustedProxies does not name that address, so it counts as the visitor's own: if it is a proxy, all visitors share its limits, and the audit log tells it for each of them.",
                Visitor.AddressOf(context));
        }

        return next(context);
    }
}
