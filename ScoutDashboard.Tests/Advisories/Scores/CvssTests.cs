using System.Globalization;
using ScoutDashboard.Advisories.Scores;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories.Scores;

public sealed class CvssTests
{
    [SharedFact]
    public void EveryOfficialVectorHasItsOfficialScore()
    {
        var rows = File.ReadAllLines(SharedData.PathOf("vectors", "cvss.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.True(rows.Count > 2_000, "The vectors are cut.");
        Assert.Empty(rows.Where(row => !Cvss.TryScore(row[1], out var score) || score.Version != row[0] || score.Value != double.Parse(row[2], CultureInfo.InvariantCulture))
            .Select(row => $"{row[1]} should be {row[2]}, is {(Cvss.TryScore(row[1], out var score) ? score : null)}"));
    }

    [Theory]
    [InlineData("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, SeverityLevel.High)]
    [InlineData("(AV:N/AC:L/Au:N/C:N/I:N/A:C)", 7.8, SeverityLevel.High)]
    [InlineData("AV:L/AC:H/Au:N/C:N/I:N/A:N", 0.0, SeverityLevel.Low)]
    [InlineData("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 6.4, SeverityLevel.Medium)]
    [InlineData("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 9.2, SeverityLevel.High)]
    [InlineData("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, SeverityLevel.Critical)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, SeverityLevel.Critical)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, SeverityLevel.Medium)]
    [InlineData("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", 5.9, SeverityLevel.Medium)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, SeverityLevel.High)]
    [InlineData("CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N", 1.7, SeverityLevel.Low)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, SeverityLevel.None)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0, SeverityLevel.Critical)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, SeverityLevel.Critical)]
    [InlineData("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3, SeverityLevel.High)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N", 6.9, SeverityLevel.Medium)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0, SeverityLevel.None)]
    public void EachVersionHasItsOwnFormulaAndBands(string vector, double value, SeverityLevel level)
    {
        Assert.True(Cvss.TryScore(vector, out var score));
        Assert.Equal((value, level), (score.Value, score.Level));
    }

    [Theory]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/")]
    [InlineData("  CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n")]
    [InlineData("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X/MAV:X/CR:X")]
    public void ASlashAtTheEndOrderAndUndefinedMetricsChangeNothing(string vector)
    {
        Assert.True(Cvss.TryScore(vector, out var score));
        Assert.Equal(new CvssScore(9.8, "3.1", SeverityLevel.Critical), score);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("high")]
    [InlineData("7.5")]
    [InlineData("CVSS:3.1/")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:Q")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H//")]
    [InlineData("CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
    [InlineData("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N")]
    [InlineData("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
    public void WhatIsNoCompleteVectorHasNoScore(string vector) => Assert.False(Cvss.TryScore(vector, out _));
}
