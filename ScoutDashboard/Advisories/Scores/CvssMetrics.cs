using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Scores;

/// <summary>The metrics of one vector, read against the values that its version allows.</summary>
internal sealed class CvssMetrics
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Null for an unknown metric or value, one that is named twice, or a missing mandatory one.</summary>
    public static CvssMetrics? Read(string text, FrozenDictionary<string, string[]> allowed, ReadOnlySpan<string> mandatory)
    {
        var metrics = new CvssMetrics();
        foreach (var part in text.Split('/', 64))
        {
            var colon = part.IndexOf(':');
            if (colon <= 0 || !allowed.TryGetValue(part[..colon], out var values) || !values.Contains(part[(colon + 1)..])
                || !metrics._values.TryAdd(part[..colon], part[(colon + 1)..]))
            {
                return null;
            }
        }

        foreach (var name in mandatory)
        {
            if (!metrics._values.ContainsKey(name))
            {
                return null;
            }
        }

        return metrics;
    }

    /// <summary>The values of each metric from text such as <c>AV:N,A,L E:U,POC</c>.</summary>
    public static FrozenDictionary<string, string[]> Allow(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split(':')).ToFrozenDictionary(part => part[0], part => part[1].Split(','), StringComparer.Ordinal);

    /// <summary>The metric's value; <paramref name="undefined"/> where it is absent or "not defined".</summary>
    public string Get(string name, string undefined) => _values.TryGetValue(name, out var value) && value is not ("X" or "ND") ? value : undefined;

    /// <summary>The modified metric (<c>M</c> and its name) where it is defined, else the base metric.</summary>
    public string Modified(string name) => Get("M" + name, Get(name, ""));

    public bool HasAny(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Get(name, "").Length > 0)
            {
                return true;
            }
        }

        return false;
    }
}
