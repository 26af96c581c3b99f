namespace ScoutDashboard.Advisories.Versions;

/// <summary>
/// Conan's order (conan/internal/model/version.py, 2.x): parts between dots, numbers by value, zeros at the end say nothing, what stands behind the first <c>-</c> is a pre-release and
/// comes before, what stands behind the last <c>+</c> is a build and comes after. A part like <c>1k</c>, as OpenSSL has them, goes by its number first: Conan compares those with
/// numbers by their characters, by which 2 &lt; 10 &lt; 10a &lt; 2. What begins with a text, as <c>cci.20200203</c>, is a snapshot: before or behind which release, nobody tells.
/// </summary>
internal sealed class ConanScheme : IVersionScheme
{
    public string Name => "conan";

    public int? Compare(string left, string right) => Version.TryRead(left) is { } a && Version.TryRead(right) is { } b && a.IsSnapshot == b.IsSnapshot ? Compare(a, b) : null;

    private static int Compare(Version left, Version right)
    {
        var order = Compare(left.Numbers, right.Numbers);
        if (order != 0)
        {
            return order;
        }

        return (left.PreRelease, right.PreRelease) switch
        {
            ({ } a, { } b) => Compare(a, b) is var pre and not 0 ? pre : CompareBuilds(left, right),
            (null, null) => CompareBuilds(left, right),
            (var a, _) => a is null ? 1 : -1,
        };
    }

    private static int CompareBuilds(Version left, Version right) => (left.Build, right.Build) switch
    {
        ({ } a, { } b) => Compare(a, b),
        (var a, var b) => (a is not null).CompareTo(b is not null),
    };

    private static int Compare(string[] left, string[] right)
    {
        for (var index = 0; index < Math.Min(left.Length, right.Length); index++)
        {
            if (ComparePart(left[index], right[index]) is var order and not 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    // A number, a number with a text behind it, a text.
    private static int ComparePart(string left, string right)
    {
        int digits = DigitRun.Length(left), others = DigitRun.Length(right);
        if (digits == 0 || others == 0)
        {
            return digits == others ? string.CompareOrdinal(left, right) : digits == 0 ? 1 : -1;
        }

        return DigitRun.Compare(left.AsSpan(0, digits), right.AsSpan(0, others)) is var order and not 0 ? order : left.AsSpan(digits).SequenceCompareTo(right.AsSpan(others));
    }

    private sealed record Version(string[] Numbers, string[]? PreRelease, string[]? Build)
    {
        public bool IsSnapshot => Numbers is [var first, ..] && DigitRun.Length(first) == 0;

        public static Version? TryRead(string text)
        {
            if (!text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '+' or '-'))
            {
                return null;
            }

            var plus = text.LastIndexOf('+');
            var build = plus < 0 ? null : text[(plus + 1)..];
            var rest = plus < 0 ? text : text[..plus];
            var dash = rest.IndexOf('-', StringComparison.Ordinal);
            var preRelease = dash < 0 ? null : rest[(dash + 1)..];
            string[]?[] parts = [(dash < 0 ? rest : rest[..dash]).Split('.'), preRelease?.Split('.'), build?.Split('.')];
            return Array.TrueForAll(parts, part => part is null || !part.Contains("")) ? new Version(WithoutLastZeros(parts[0]!), Optional(parts[1]), Optional(parts[2])) : null;
        }

        private static string[]? Optional(string[]? parts) => parts is null ? null : WithoutLastZeros(parts);

        private static string[] WithoutLastZeros(string[] parts) => parts[..(Array.FindLastIndex(parts, part => !DigitRun.IsNumber(part) || DigitRun.Compare(part, "") != 0) + 1)];
    }
}
