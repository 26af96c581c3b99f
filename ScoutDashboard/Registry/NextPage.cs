using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Finds the next page of a list: <c>Link: &lt;/v2/_catalog?last=x&amp;n=2&gt;; rel="next"</c> (OCI distribution-spec, RFC 8288).</summary>
internal static class NextPage
{
    /// <returns>A path relative to the registry's base address, or null at the end of the list.</returns>
    public static string? Of(HttpResponseMessage response, RegistryHostname hostname)
    {
        if (!response.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }

        foreach (var link in links.SelectMany(value => value.Split(", <").Select((part, at) => at == 0 ? part : "<" + part)))
        {
            var end = link.IndexOf('>', StringComparison.Ordinal);
            if (link.StartsWith('<') && end > 1 && IsNext(link[(end + 1)..]))
            {
                return Resolve(link[1..end], hostname);
            }
        }

        return null;
    }

    private static bool IsNext(string parameters) => parameters.Replace("\"", "", StringComparison.Ordinal).Split(';')
        .Any(parameter => parameter.Trim().Equals("rel=next", StringComparison.OrdinalIgnoreCase));

    private static string Resolve(string target, RegistryHostname hostname)
    {
        var home = hostname.BaseAddress;
        if (target.Length <= 4096 && Uri.TryCreate(home, target, out var next) && next.Scheme == home.Scheme && next.UserInfo.Length == 0
            && next.Authority.Equals(home.Authority, StringComparison.OrdinalIgnoreCase))
        {
            return next.PathAndQuery.TrimStart('/');
        }

        throw new RegistryException(RegistryError.UntrustedRedirect, "The registry's list goes on at another host; it was not followed.");
    }
}
