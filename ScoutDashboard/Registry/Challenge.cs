namespace ScoutDashboard.Registry;

/// <summary>What a registry asks for in <c>WWW-Authenticate</c> (RFC 9110 section 11.6.1; Docker token authentication specification).</summary>
public sealed record Challenge(bool IsBearer, string? Realm, string? Service, string? Scope)
{
    private const int MaxLength = 4096;

    /// <summary>The first challenge that we can answer, or null.</summary>
    public static Challenge? Of(HttpResponseMessage response)
    {
        foreach (var header in response.Headers.WwwAuthenticate)
        {
            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && header.Parameter is { Length: <= MaxLength } parameters)
            {
                var values = Parse(parameters);
                return new Challenge(true, values.GetValueOrDefault("realm"), values.GetValueOrDefault("service"), values.GetValueOrDefault("scope"));
            }

            if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            {
                return new Challenge(false, null, null, null);
            }
        }

        return null;
    }

    // key="value with , and \" inside", key=token …
    private static Dictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            var key = text[at..equals].Trim(' ', ',', '\t');
            at = equals + 1;
            var value = at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Token(text, ref at);
            values.TryAdd(key, value);
        }

        return values;
    }

    private static string Quoted(string text, ref int at)
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static string Token(string text, ref int at)
    {
        var end = text.IndexOf(',', at);
        end = end < 0 ? text.Length : end;
        var value = text[at..end].Trim();
        at = end;
        return value;
    }
}
