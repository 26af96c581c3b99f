using Microsoft.AspNetCore.Authentication.Cookies;

namespace ScoutDashboard.Access;

/// <summary>
/// Over https the session's cookie has a name that browsers take from this very host over https only (RFC 6265bis, section 4.1.3.2): no neighbour under the same domain
/// can give a visitor a session of its own. Asked of each request, as Secure is. A cookie that was set before, under the plain name, is read until it is renewed.
/// </summary>
public sealed class SessionCookieName : ICookieManager
{
    public const string Plain = "scout-session";

    private const string HostPrefix = "__Host-";

    private readonly ChunkingCookieManager _cookies = new();

    public static string Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.IsHttps ? HostPrefix + Plain : Plain;
    }

    /// <summary>Whether the session came by a cookie of the name that it would be given now.</summary>
    public static bool IsOwn(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Cookies.ContainsKey(Of(request));
    }

    public string? GetRequestCookie(HttpContext context, string key)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _cookies.GetRequestCookie(context, IsOwn(context.Request) ? Of(context.Request) : Plain);
    }

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        DeleteForeign(context, options);
        _cookies.AppendResponseCookie(context, Of(context.Request), value, options);
    }

    public void DeleteCookie(HttpContext context, string key, CookieOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        DeleteForeign(context, options);
        _cookies.DeleteCookie(context, Of(context.Request), options);
    }

    private void DeleteForeign(HttpContext context, CookieOptions options)
    {
        if (Of(context.Request) != Plain && context.Request.Cookies.ContainsKey(Plain))
        {
            _cookies.DeleteCookie(context, Plain, options);
        }
    }
}
