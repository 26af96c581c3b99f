namespace ScoutDashboard.Advisories.Versions;

/// <summary>One version in the parts that PEP 440 orders by; numbers stay digits, null means that the part is absent.</summary>
internal sealed record Pep440Version(
    string Epoch, string[] Release, Pep440Phase Phase, string PreNumber, string? Post, string? Dev, string[]? Local)
{
    // "alpha" before "a" and so on: the longest spelling wins.
    private static readonly (string[] Words, Pep440Phase Phase)[] PreWords =
    [
        (["alpha", "a"], Pep440Phase.Alpha),
        (["beta", "b"], Pep440Phase.Beta),
        (["preview", "pre", "rc", "c"], Pep440Phase.Candidate),
    ];

    private static readonly string[] PostWords = ["post", "rev", "r"];
    private static readonly string[] DevWords = ["dev"];

    public static Pep440Version? Parse(string text)
    {
        var rest = text.AsSpan().Trim().ToString().ToLowerInvariant().AsSpan();
        rest = rest is ['v', ..] ? rest[1..] : rest;
        var epoch = "";
        if (DigitRun.Length(rest) is var digits and > 0 && digits < rest.Length && rest[digits] == '!')
        {
            epoch = rest[..digits].ToString();
            rest = rest[(digits + 1)..];
        }

        if (TakeRelease(ref rest) is not { } release)
        {
            return null;
        }

        var (phase, preNumber) = TakePre(ref rest);
        var post = TakeImplicitPost(ref rest) ?? TakeMarked(ref rest, PostWords);
        var dev = TakeMarked(ref rest, DevWords);
        if (!TryTakeLocal(ref rest, out var local))
        {
            return null;
        }

        phase ??= post is null && dev is not null ? Pep440Phase.DevelopmentOnly : Pep440Phase.Final;
        return rest.IsEmpty ? new Pep440Version(epoch, release, phase.Value, preNumber, post, dev, local) : null;
    }

    public int CompareTo(Pep440Version other)
    {
        var order = DigitRun.Compare(Epoch, other.Epoch);
        order = order != 0 ? order : CompareRelease(Release, other.Release);
        order = order != 0 ? order : Phase.CompareTo(other.Phase);
        order = order != 0 ? order : DigitRun.Compare(PreNumber, other.PreNumber);
        order = order != 0 ? order : CompareOptional(Post, other.Post, absent: -1);
        order = order != 0 ? order : CompareOptional(Dev, other.Dev, absent: 1);
        return order != 0 ? order : CompareLocal(Local, other.Local);
    }

    private static string[]? TakeRelease(ref ReadOnlySpan<char> rest)
    {
        var parts = new List<string>();
        while (DigitRun.Length(rest) is var digits and > 0)
        {
            parts.Add(rest[..digits].ToString());
            rest = rest[digits..];
            if (rest is not ['.', >= '0' and <= '9', ..])
            {
                return [.. parts];
            }

            rest = rest[1..];
        }

        return null;
    }

    private static (Pep440Phase? Phase, string Number) TakePre(ref ReadOnlySpan<char> rest)
    {
        foreach (var (words, phase) in PreWords)
        {
            if (TakeMarked(ref rest, words) is { } number)
            {
                return (phase, number);
            }
        }

        return (null, "");
    }

    private static string? TakeImplicitPost(ref ReadOnlySpan<char> rest)
    {
        if (rest is not ['-', >= '0' and <= '9', ..])
        {
            return null;
        }

        rest = rest[1..];
        return TakeDigits(ref rest);
    }

    // <c>[-_.]? word [-_.]? digits?</c>: the number, "" where it is left out (zero), null where the word is missing.
    private static string? TakeMarked(ref ReadOnlySpan<char> rest, string[] words)
    {
        var start = rest is ['-' or '_' or '.', ..] ? rest[1..] : rest;
        foreach (var word in words)
        {
            if (start.StartsWith(word, StringComparison.Ordinal))
            {
                rest = start[word.Length..];
                rest = rest is ['-' or '_' or '.', ..] ? rest[1..] : rest;
                return TakeDigits(ref rest);
            }
        }

        return null;
    }

    private static bool TryTakeLocal(ref ReadOnlySpan<char> rest, out string[]? local)
    {
        local = null;
        if (rest is not ['+', ..])
        {
            return true;
        }

        local = rest[1..].ToString().Split('.', '-', '_');
        rest = default;
        return local.All(part => part.Length > 0 && part.All(char.IsAsciiLetterOrDigit));
    }

    private static string TakeDigits(ref ReadOnlySpan<char> rest)
    {
        var length = DigitRun.Length(rest);
        var digits = rest[..length].ToString();
        rest = rest[length..];
        return digits;
    }

    private static int CompareRelease(string[] left, string[] right)
    {
        for (var index = 0; index < Math.Max(left.Length, right.Length); index++)
        {
            var order = DigitRun.Compare(left.ElementAtOrDefault(index), right.ElementAtOrDefault(index));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int CompareOptional(string? left, string? right, int absent) =>
        (left, right) switch
        {
            (null, null) => 0,
            (null, _) => absent,
            (_, null) => -absent,
            _ => DigitRun.Compare(left, right),
        };

    private static int CompareLocal(string[]? left, string[]? right)
    {
        if (left is null || right is null)
        {
            return (left is not null).CompareTo(right is not null);
        }

        for (var index = 0; index < Math.Min(left.Length, right.Length); index++)
        {
            var order = (DigitRun.IsNumber(left[index]), DigitRun.IsNumber(right[index])) switch
            {
                (true, true) => DigitRun.Compare(left[index], right[index]),
                (true, false) => 1,
                (false, true) => -1,
                _ => string.CompareOrdinal(left[index], right[index]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}

/// <summary>Phases in PEP 440's order: a lone development release comes before the first alpha.</summary>
internal enum Pep440Phase { DevelopmentOnly, Alpha, Beta, Candidate, Final }
