namespace ScoutDashboard.Advisories.Versions;

/// <summary>Dart's order (pub_semver): SemVer, but what follows the plus counts, too, and any is above none.</summary>
internal sealed class PubScheme : IVersionScheme
{
    public string Name => "pub";

    public int? Compare(string left, string right)
    {
        var a = Build(left);
        var b = Build(right);
        if (!SemVerScheme.IsIdentifiers(a) || !SemVerScheme.IsIdentifiers(b))
        {
            return null;
        }

        var order = VersionSchemes.SemVer.Compare(left, right);
        return order is not 0 ? order : a.IsEmpty || b.IsEmpty ? b.IsEmpty.CompareTo(a.IsEmpty) : SemVerScheme.CompareIdentifiers(a, b);
    }

    private static ReadOnlySpan<char> Build(string version) => version.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0 ? version.AsSpan(plus + 1).TrimEnd() : default;
}
