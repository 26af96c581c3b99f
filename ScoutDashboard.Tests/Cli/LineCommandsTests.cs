using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>The verbs that answer each line of standard input by one.</summary>
public sealed class LineCommandsTests
{
    [Fact]
    public async Task VersionsTellsTheOrderOfEachPairAndWhereThereIsNone()
    {
        var run = await RunAsync("1.0~rc1 1.0\n1.0 0:1.0-0\n  1:0\t9 \n1_0 1.0\n", "versions", "Debian:12");

        Assert.Equal((0, "<\n=\n>\n?\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task EachBadLineIsAnsweredInItsPlaceAndTheOthersStill()
    {
        var run = await RunAsync($"1 2\n\n1\n1 2 3\n{new string('1', 70_000)} 1\r\n2 1", "versions", "semver");

        Assert.Equal((2, "<\n?\n?\n?\n?\n>\n"), (run.ExitCode, run.Output));
        Assert.Equal(["Line 2:", "Line 3:", "Line 4:", "Line 5:"], run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..7]));
    }

    [Fact]
    public async Task ListTellsTheSchemesAndWhoseTheyAre()
    {
        var run = await RunAsync("", "versions", "--list");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("dpkg\tDebian, Echo, Ubuntu\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("semver\tcrates.io, Hex, npm\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("versions")]
    [InlineData("versions", "CRAN")]
    [InlineData("versions", "npm", "extra")]
    [InlineData("cvss", "extra")]
    public async Task WrongUsageEndsWithOneAndAReasonAndNoOutput(params string[] arguments)
    {
        var run = await RunAsync("1 2\n", arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output.Trim()));
        Assert.NotEmpty(run.Error.Trim());
    }

    [Fact]
    public async Task CvssTellsVersionScoreAndBandOfEachVector()
    {
        var run = await RunAsync("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/\nhigh\nAV:L/AC:H/Au:N/C:N/I:N/A:N\nCVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N\n", "cvss");

        Assert.Equal((2, "3.1\t9.8\tcritical\n?\n2.0\t0.0\tlow\n4.0\t0.0\tnone\n", "Line 2: no complete CVSS vector"), (run.ExitCode, run.Output, run.Error.Trim()));
    }

    [Fact]
    public async Task NoInputIsNoOutput() => Assert.Equal(new ShellRun(0, "", ""), await RunAsync("", "cvss"));

    [Theory]
    [InlineData("versions", "npm")]
    [InlineData("cvss")]
    [InlineData("match")]
    public async Task WhoIsStoppedWhileMoreLinesMayComeEndsAtOnce(params string[] verb)
    {
        var lines = string.Concat(Enumerable.Repeat($"{new string('x', 50_000)}\n", 20));

        var run = await ShellRun.StopAsync(Path.GetTempPath(), new Dictionary<string, string>(), lines, "", verb);

        Assert.Equal(130, run.ExitCode);
        Assert.EndsWith("Stopped.\n", run.Error, StringComparison.Ordinal);
    }

    private static Task<ShellRun> RunAsync(string input, params string[] arguments) => ShellRun.RunAsync(Path.GetTempPath(), new Dictionary<string, string>(), input, arguments);
}
