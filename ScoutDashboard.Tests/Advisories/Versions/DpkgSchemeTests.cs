using System.Diagnostics;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Tests.Analysis.Packages;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class DpkgSchemeTests
{
    private static readonly IVersionScheme Dpkg = VersionSchemes.Find("Debian")!;

    [Fact]
    public void TheRulesOfDebianPolicyHold() => Assert.Empty(VersionVectors.Wrong(Dpkg,
    [
        "1.0 = 1.0-0", "0:1.0 = 1.0", "1:0.1 > 9.9", "1.0~rc1 < 1.0", "1.0~~ < 1.0~", "1.0~~a < 1.0~", "1.0 < 1.0a", "1.0a < 1.0+", "1.0+ < 1.0.",
        "1.10 > 1.9", "1.09 = 1.9", "1.0-1 < 1.0-1+deb12u1", "2.36-9+deb12u4 < 2.36-9+deb12u10", "1-2-3 > 1-1-9", "5.2.15-2+b2 > 5.2.15-2", "A < a",
    ]));

    [Theory]
    [InlineData("1.0-")]
    [InlineData("1.2:3")]
    [InlineData("-1:3")]
    [InlineData("1:")]
    [InlineData("-1")]
    [InlineData("1_0")]
    public void WhatDpkgRefusesHasNoOrder(string version) => Assert.Null(Dpkg.Compare(version, "1.0"));

    [FileFact("/usr/bin/dpkg")]
    public void RandomPairsAreOrderedAsDpkgOrdersThem()
    {
        var random = new Random(20261124);
        var pairs = Enumerable.Range(0, 300).Select(_ => (A: RandomVersion(random), B: RandomVersion(random))).ToList();
        var commands = string.Concat(pairs.Select(pair => $"dpkg --compare-versions '{pair.A}' lt '{pair.B}' && echo -1 || {{ dpkg --compare-versions '{pair.A}' eq '{pair.B}' && echo 0 || echo 1; }}\n"));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        shell.ErrorDataReceived += (_, _) => { };
        shell.BeginErrorReadLine();
        shell.StandardInput.Write(commands);
        shell.StandardInput.Close();
        var answers = shell.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        shell.WaitForExit();

        Assert.Equal(
            pairs.Zip(answers, (pair, answer) => $"{pair.A} {answer} {pair.B}"),
            pairs.Select(pair => $"{pair.A} {VersionVectors.Sign(Dpkg.Compare(pair.A, pair.B))} {pair.B}"));
    }

    // Few characters, so that many pairs are equal for a while.
    private static string RandomVersion(Random random)
    {
        var tail = string.Concat(Enumerable.Range(0, random.Next(0, 7)).Select(_ => "01a~+.-"[random.Next(7)]));
        return (random.Next(5) == 0 ? "1:" : "") + random.Next(0, 2) + tail.TrimEnd('-');
    }
}
