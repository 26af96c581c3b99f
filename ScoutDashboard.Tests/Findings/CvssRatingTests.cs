using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

public sealed class CvssRatingTests
{
    private const string Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    [Fact]
    public void EachAdvisoryIsNamedWithTheScoreOfAVectorThatSeveralHave()
    {
        foreach (var id in new[] { "GHSA-1", "GHSA-2" })
        {
            Assert.Equal(new RatedSeverity(SeverityLevel.Critical, 9.8, Vector, $"CVSS:3.1 of {id}"), CvssRating.Of(Vector, id));
        }
    }

    [Fact]
    public void MoreVectorsThanAreKeptAreAllScored()
    {
        // Each is another text, and half of them are none: a feed may have as many as it likes.
        for (var number = 0; number < 10_000; number++)
        {
            var isVector = number % 2 == 0;
            var vector = isVector ? $"{new string(' ', number % 199)}{Vector}{new string(' ', number / 199)}" : $"{Vector}/X:{number}";
            Assert.Equal(isVector ? 9.8 : default(double?), CvssRating.Of(vector, "X")?.Score);
        }
    }
}
