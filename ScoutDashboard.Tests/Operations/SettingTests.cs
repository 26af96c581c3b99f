using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Images;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed partial class SettingTests
{
    // Their default is not a value: it is told in words.
    private static readonly string[] InWords = ["Scout:DataDirectory", "Scout:PublicUrl", "Analysis:ParallelLayers"];

    [Fact]
    public void TheTableOfTheReadmeNamesEachKeyOnceAndNoOther()
    {
        var documented = Rows().Select(row => row.Key).Where(key => key.Contains(':', StringComparison.Ordinal)).ToList();

        Assert.Equal(ScoutSettings.Schema.Keys.Select(key => key.Key), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheTableOfTheReadmeTellsTheDefaultThatHolds()
    {
        var told = Rows().ToDictionary(row => row.Key, row => row.Default);

        foreach (var key in ScoutSettings.Schema.Keys.Where(key => !InWords.Contains(key.Key) && !key.Key.Contains(":Addresses:", StringComparison.Ordinal)))
        {
            var value = key.IsList ? string.Join(", ", ((System.Collections.IEnumerable)key.Default!).Cast<object>()) : key.Default is bool flag ? flag ? "true" : "false" : Convert.ToString(key.Default, CultureInfo.InvariantCulture)!;
            Assert.True(told[key.Key] == (value.Length == 0 ? "none" : $"`{value}`"), $"{key.Key} is {value}, the table says {told[key.Key]}");
        }
    }

    public static TheoryData<string> Numbers => [.. ScoutSettings.Schema.Keys.Where(key => key.Property.PropertyType.IsValueType).Select(key => key.Key)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void AKeyThatIsSetIsRead(string name)
    {
        var before = ScoutSettings.Schema.Keys.Single(key => key.Key == name).Default;
        object set = before switch { int number => number - 1, long number => number - 1, bool flag => !flag, TimeSpan time => time + TimeSpan.FromSeconds(1), KeepTime time => new KeepTime(time.Limit + TimeSpan.FromSeconds(1)), _ => throw new InvalidOperationException(name) };

        var configuration = Configuration((name, Convert.ToString(set, CultureInfo.InvariantCulture)!));

        Assert.Contains(set, ScoutSettings.Schema.Sections.Where(read => name.StartsWith($"{read.Section}:", StringComparison.Ordinal)).Select(read => Value(read.Read(configuration), name[(read.Section.Length + 1)..])));
    }

    [Fact]
    public void EveryFaultIsToldAtOnceAndNoValueIsRepeated()
    {
        var report = Check(("Jobs:Workers", "s3cret"), ("Jobs:MaxAttempts", "21"), ("Repositories:ReconcileInterval", "00:00:00"), ("Scout:TrustedProxies:1", "10.0.0.0/33"), ("Scout:TrustedProxies:0", "10.0.0.0/8"),
            ("Scout:PublicUrl", "https://user:s3cret@scout.example.com"), ("Registries:AllowedHosts", "localhost:5000, http://a/s3cret"), ("Analysis:Platforms", "linux"), ("Outbound:AllowedNetworks", "ten"),
            ("Analysis:Limits:Layers", "-1"), ("Analysis:Limits:Formats:ZipDepth", "9999999999"), ("Advisories:Addresses:KEV", "kev.json"), ("Health:LowFreeBytes", "1 GiB"),
            ("Retention:UntaggedImages", "nevermore"), ("urls", "http://localhost:5080;anywhere;http://+:8080/scout"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"), ("Retention:Jobs", "00:00:00"), ("Retention:Events", "1.23:59:59"));

        Assert.True(report.Faults.Count == 18, string.Join('\n', report.Faults));
        Assert.Contains("ASPNETCORE_URLS (or --urls) has http://+:8080/scout, but must be addresses such as http://+:8080 or https://localhost:5443, without a path.", report.Faults);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://localhost:4317.", report.Faults);
        Assert.Contains("Jobs__Workers must be a whole number from 1 to 16.", report.Faults);
        Assert.Contains("Jobs__MaxAttempts must be a whole number from 1 to 20.", report.Faults);
        Assert.Contains("Repositories__ReconcileInterval must be a time as [days.]hours:minutes:seconds, from 00:00:01 to 40.00:00:00.", report.Faults);
        Assert.Contains("Retention__UntaggedImages must be never, or a time as [days.]hours:minutes:seconds, from 00:00:01 to 36500.00:00:00.", report.Faults);
        Assert.Contains("Retention__Events must be at least 2.00:00:00: so long an event may come again.", report.Faults);
        Assert.Contains("Scout__TrustedProxies__1 must be an address or a network, e.g. 10.0.0.0/8.", report.Faults);
        var told = Assert.Throws<StartupException>(report.ThrowIfFaulty).Message;
        Assert.All(report.Faults, fault => Assert.Contains(fault, told, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Scout:TrustedProxys:0", "Scout__TrustedProxies")]
    [InlineData("Analysis:Limits:Format:ZipDepth", "Analysis__Limits__Formats__ZipDepth")]
    [InlineData("Registries:AllowedHost", "Registries__AllowedHosts")]
    [InlineData("Advisories:Addresses:KEW", "Advisories__Addresses__KEV")]
    [InlineData("Jobs:TheColourOfTheWall", null)]
    public void AKeyThatNobodyReadsIsToldWithTheNearest(string key, string? nearest)
    {
        var report = Check((key, "1"));

        Assert.Empty(report.Faults);
        var warning = Assert.Single(report.Warnings);
        Assert.StartsWith(key.Replace(":", "__", StringComparison.Ordinal), warning, StringComparison.Ordinal);
        Assert.Equal(nearest, DidYouMean().Match(warning) is { Success: true } match ? match.Groups[1].Value : null);
    }

    [Fact]
    public void WhatIsRightOrEmptyOrOfOthersIsNoFault()
    {
        var report = Check(("jobs:WORKERS", "16"), ("Scout:PublicUrl", ""), ("Scout:TrustedProxies", "10.0.0.1; fd00::/8"), ("Logging:LogLevel:Default", "x"), ("Registries:AllowedHosts:0", "http://localhost:5000"), ("Advisories:IdleLimit", "00:00:01"), ("Retention:Events", "Never"), ("Retention:Jobs", "never"));

        Assert.Empty(report.Faults.Concat(report.Warnings));
    }

    [Fact]
    public async Task TheProgramDoesNotStartAndSaysEverythingThatIsWrong()
    {
        var folder = Directory.CreateTempSubdirectory("scout-settings-");
        try
        {
            var run = await ShellRun.RunAsync(folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = folder.FullName, ["Jobs__Workers"] = "many", ["Health__StuckAfter"] = "soon", ["Jobs__Worker"] = "1" });

            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Contains("Jobs__Workers must be", run.Error, StringComparison.Ordinal);
            Assert.Contains("Health__StuckAfter must be", run.Error, StringComparison.Ordinal);
            Assert.Contains("did you mean Jobs__Workers?", run.Error, StringComparison.Ordinal);
            Assert.Empty(folder.GetFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static object? Value(object options, string path) =>
        path.Split(':').Aggregate((object?)options, (value, name) => value?.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(value));

    private static SettingReport Check(params (string Key, string Value)[] settings) => ScoutSettings.Schema.Check(Configuration(settings));

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private static IEnumerable<(string Key, string Default)> Rows([CallerFilePath] string path = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "../../README.md"));
        var start = text.IndexOf("\n## Configuration\n", StringComparison.Ordinal);
        var section = text[start..text.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        return section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | "))
            .Select(cells => (cells[0].Trim('|', ' ', '`').Replace("__", ":", StringComparison.Ordinal), cells[1].Trim()));
    }

    [GeneratedRegex(@"did you mean (\w+)\?")]
    private static partial Regex DidYouMean();
}
