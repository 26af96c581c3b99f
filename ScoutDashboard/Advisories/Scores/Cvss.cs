using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Scores;

/// <summary>Computes scores from CVSS vectors (FIRST: CVSS v2.0 guide section 3, v3.0 and v3.1 section 7, v4.0 section 8).</summary>
public static class Cvss
{
    /// <summary>
    /// Scores a vector of version 2.0, 3.0, 3.1 or 4.0: environmental where it has such metrics, else temporal or threat, else base.
    /// False for text that is no complete vector; a slash at its end is forgiven.
    /// </summary>
    public static bool TryScore(string vector, out CvssScore score)
    {
        score = default;
        var text = vector.Trim();
        text = text.EndsWith('/') ? text[..^1] : text;
        var (version, metrics) = text switch
        {
            ['C', 'V', 'S', 'S', ':', _, '.', _, '/', ..] => (text[5..8], text[9..]),
            ['(', .., ')'] => ("2.0", text[1..^1]),
            _ => ("2.0", text),
        };
        var value = version switch
        {
            "2.0" => CvssV2.Score(metrics),
            "3.0" or "3.1" => CvssV3.Score(metrics, version == "3.1"),
            "4.0" => CvssV4.Score(metrics),
            _ => null,
        };
        if (value is null)
        {
            return false;
        }

        score = new CvssScore(value.Value, version, Level(value.Value, version));
        return true;
    }

    // Qualitative bands: v3.x and v4.0 section 5 and 6; NVD's for v2, which has no bands of its own.
    private static SeverityLevel Level(double value, string version) => (value, version) switch
    {
        ( < 4, "2.0") => SeverityLevel.Low,
        ( < 7, "2.0") => SeverityLevel.Medium,
        (_, "2.0") => SeverityLevel.High,
        ( <= 0, _) => SeverityLevel.None,
        ( < 4, _) => SeverityLevel.Low,
        ( < 7, _) => SeverityLevel.Medium,
        ( < 9, _) => SeverityLevel.High,
        _ => SeverityLevel.Critical,
    };
}

/// <param name="Value">0.0 to 10.0, one decimal.</param>
/// <param name="Version">The vector's version: <c>2.0</c>, <c>3.0</c>, <c>3.1</c> or <c>4.0</c>.</param>
public readonly record struct CvssScore(double Value, string Version, SeverityLevel Level);
