namespace ScoutDashboard.Data;

/// <summary>
/// Some owners and all their keys, few enough to ask for each pair of one of the owners and one of the keys in one query: two lists as parameters, which any
/// database takes, and one composite index. Pairs that nobody asked for may be among the answers.
/// </summary>
public sealed record KeySlice(IReadOnlyList<long> Owners, IReadOnlyList<string> Keys)
{
    private const int MostPairs = 4096;

    /// <summary>Cuts pairs of owner and key into slices; no pair is in two of them, and an owner with more keys than a slice holds has one of its own.</summary>
    public static IEnumerable<KeySlice> Of(IEnumerable<(long Owner, string Key)> pairs)
    {
        var owners = new List<long>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var owner in pairs.GroupBy(pair => pair.Owner, pair => pair.Key))
        {
            var own = owner.Distinct(StringComparer.Ordinal).ToList();
            if (owners.Count > 0 && (long)(owners.Count + 1) * (keys.Count + own.Count) > MostPairs)
            {
                yield return new KeySlice(owners, [.. keys]);
                owners = [];
                keys.Clear();
            }

            owners.Add(owner.Key);
            keys.UnionWith(own);
        }

        if (owners.Count > 0)
        {
            yield return new KeySlice(owners, [.. keys]);
        }
    }
}
