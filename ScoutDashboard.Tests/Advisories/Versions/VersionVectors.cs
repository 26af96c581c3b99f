using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

/// <summary>Reads lines <c>A &lt; B</c>, <c>A = B</c>, <c>A &gt; B</c> and tells which ones a scheme gets wrong.</summary>
internal static class VersionVectors
{
    public static IReadOnlyList<string> Wrong(IVersionScheme scheme, IEnumerable<string> lines)
    {
        var wrong = new List<string>();
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var parts = line.Split(' ');
            var expected = parts[1] switch { "<" => -1, "=" => 0, ">" => 1, _ => throw new InvalidDataException(line) };
            var actual = Sign(scheme.Compare(parts[0], parts[2]));
            var mirrored = Sign(scheme.Compare(parts[2], parts[0]));
            if (actual != expected || mirrored != -expected)
            {
                wrong.Add(FormattableString.Invariant($"{line}   but {actual}, mirrored {mirrored}"));
            }
        }

        return wrong;
    }

    public static int? Sign(int? order) => order is { } value ? Math.Sign(value) : null;
}
