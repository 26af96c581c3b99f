using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

public sealed class SettingsOfVerbsTests
{
    [Theory]
    [InlineData("analyze", "contoso.azurecr.io/team/app")]
    [InlineData("match")]
    [InlineData("feeds", "export", "feeds")]
    [InlineData("backup", "scout.tar")]
    [InlineData("health")]
    [InlineData("azure", "status")]
    public async Task AVerbTellsSettingsThatCantBeRightInsteadOfFallingOverThem(params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(2, run.Error.Trim().Split('\n').Length);
        Assert.Contains("Outbound__AllowedNetworks", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cvss")]
    [InlineData("sbom")]
    [InlineData("--help")]
    [InlineData("analyze", "--help")]
    public async Task WhatReadsNoSettingsMindsNone(params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private static Task<ShellRun> RunAsync(string[] arguments) =>
        ShellRun.RunAsync(Path.GetTempPath(), new Dictionary<string, string> { ["Outbound__AllowedNetworks"] = "the office", ["Scout__DataDirectory"] = Path.GetTempPath() }, arguments);
}
