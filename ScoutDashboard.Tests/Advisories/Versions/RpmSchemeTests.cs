using System.Diagnostics;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Tests.Analysis.Packages;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class RpmSchemeTests
{
    private static readonly IVersionScheme Rpm = VersionSchemes.Find("AlmaLinux")!;
    private static readonly string[] Epochs = ["", "", "", "", "1:", "0:", ":", "a:"];

    [Fact]
    public void TheRulesOfRpmvercmpHold() => Assert.Empty(VersionVectors.Wrong(Rpm,
    [
        "1.0~rc1 < 1.0", "1.0~rc1 < 1.0~rc2", "1.0~~ < 1.0~", "1.0 < 1.0^git1", "1.0^git1 < 1.0.1", "1.0^git1 < 1.01", "1.0^ < 1.0a", "1.0~rc1^git1 > 1.0~rc1", "1.0^git1~pre < 1.0^git1",
        "1.0a < 1.0.1", "1.0 < 1.0a", "2a = 2.a", "2.0.1a = 2_0+1a", "1.0. = 1.0", "1.09 = 1.9", "1.10 > 1.9", "A < a", "a < 1", "1.1.α = 1.1.β", "1.1.ββ < 1.1.β1", "3.0.0_fc = 3.0.0.fc", "_ = +", "_ < a",
    ]));

    [Fact]
    public void EpochVersionAndReleaseCountInThisOrder() => Assert.Empty(VersionVectors.Wrong(Rpm,
    [
        "1:0.1-1 > 9.9-1", "0:1.0-1 = 1.0-1", ":1.0 = 1.0", "02:1 = 2:1", "10:1 > 9:1", "1.0-9.el8 < 1.0-10.el8", "1.1-1 > 1.0-9", "1.0-1.el8 < 1.0-1.el8_6", "1-2-3 < 1-3-1",
        "1.0 < 1.0-1", "1.0 < 1.0-0", "1.0 < 1.0-~1", "1.0 < 1.0-", "1.0- < 1.0-1", "a:2 < 1:1", "1.1.1k-14.el8_6 < 1:1.1.1g-1.el8", "0:1.0-2.module_el8.6.0+2766+8bf0b7ce > 1.0-2.module_el8.6.0+259+8bf0b7ce",
    ]));

    [Theory]
    [InlineData("1:")]
    [InlineData("-1")]
    [InlineData("1:-1")]
    [InlineData("1.0 2.0")]
    [InlineData("1.0\u20281")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("-")]
    [InlineData("latest version")]
    [InlineData("1.0\0")]
    public void WhatNamesNoVersionHasNoOrder(string version)
    {
        Assert.Null(Rpm.Compare(version, "1.0"));
        Assert.Null(Rpm.Compare("1.0", version));
    }

    [FileFact("/usr/bin/rpm")]
    public void RandomPairsAreOrderedAsRpmOrdersThem()
    {
        var random = new Random(20261124);
        var pairs = Enumerable.Range(0, 600).Select(_ => (A: RandomVersion(random), B: RandomVersion(random))).ToList();
        var table = string.Join(',', pairs.Select(pair => $"\"{pair.A}\",\"{pair.B}\""));
        var start = new ProcessStartInfo("/usr/bin/rpm", ["--eval", "%{lua:local v={" + table + "} for i=1,#v,2 do print(rpm.vercmp(v[i],v[i+1])..string.char(10)) end}"]) { RedirectStandardOutput = true };
        using var rpm = Process.Start(start)!;
        var answers = rpm.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rpm.WaitForExit();

        Assert.Equal(
            pairs.Zip(answers, (pair, answer) => $"{pair.A} {answer} {pair.B}"),
            pairs.Select(pair => $"{pair.A} {VersionVectors.Sign(Rpm.Compare(pair.A, pair.B))} {pair.B}"));
    }

    // Few characters, so that many pairs are equal for a while.
    private static string RandomVersion(Random random)
    {
        var tail = string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => "01aB~^+._-β"[random.Next(11)]));
        return Epochs[random.Next(Epochs.Length)] + random.Next(0, 2) + tail;
    }
}
