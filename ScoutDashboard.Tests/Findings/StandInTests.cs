using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Findings;

public sealed class StandInTests
{
    private static readonly DateTime Patched = new(2024, 10, 8, 18, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("8.0.0", "8.0.11", "8.0.1124.51707", null)] // built 2024-10-17, after the advisory and its fix
    [InlineData("8.0.0", "8.0.10", "8.0.1024.46610", Verdict.Undecided)] // built three weeks before it
    [InlineData("8.0.0", "8.0.10", "8.0.1024.54099", Verdict.Undecided)] // no day of a month
    [InlineData("8.0.0", "8.0.11", "9.9.1124.51707", Verdict.Undecided)]
    [InlineData("8.0.0", "8.0.4", "8.0.424.16909", Verdict.Affected)] // can hold no later package than 8.0.4
    [InlineData("8.0.3", "8.0.4", "8.0.424.16909", Verdict.Affected)]
    [InlineData("8.0.5", "8.0.10", "8.0.1024.46610", null)] // never older than the package that it replaces
    [InlineData("7.0.0", "8.0.2", "8.0.224.6711", Verdict.Affected)] // the package alone was not affected
    [InlineData("4.3.0", "8.0.2", "8.0.224.6711", Verdict.Affected)]
    [InlineData("8.0.0", "9.0.1", "9.0.124.61010", null)]
    [InlineData("8.0.0", "10.0.2", "10.0.226.5019", null)]
    public void APackageIsJudgedByTheAssemblyThatTheFrameworkLoadsInItsPlace(string package, string framework, string fileVersion, Verdict? verdict)
    {
        var found = AdvisoryMatcher.Match(Target(package, framework, fileVersion), [Record("GHSA-8g4q-xg66-9fp4", Range("8.0.0", "8.0.5"), Range("6.0.0", "6.0.10"))]);
        Assert.Equal(verdict, found.Count == 0 ? null : Assert.Single(found).Verdict);
        Assert.All(found, one => Assert.Contains($"Microsoft.NETCore.App {framework}", one.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("9.0.12", true)] // from .NET 9 on the package of 9.0.12 is 9.0.12
    [InlineData("9.0.13", false)]
    [InlineData("10.0.2", true)]
    public void FromNet9OnThePackageIsNumberedAsTheFramework(string framework, bool isAffected) =>
        Assert.Equal(isAffected, AdvisoryMatcher.Match(Target("9.0.0", framework, "9.0.1.1"), [Record("GHSA-1", Range("9.0.0", "9.0.13"), Range("10.0.0", "10.0.3"))]) is [{ Verdict: Verdict.Affected }]);

    [Fact]
    public void ThePackageWithTheFixIsNewerThanTheFrameworkAndMendsIt()
    {
        var found = Assert.Single(AdvisoryMatcher.Match(Target("8.0.0", "8.0.4", "8.0.424.16909"), [Record("GHSA-1", Range("8.0.0", "8.0.5"))]));
        Assert.Equal((FixState.Fixed, "8.0.5"), (found.FixState, found.FixedVersion));
    }

    [Fact]
    public void WithoutADateOfTheAdvisoryNothingIsConcludedFromThatOfTheBuild() => Assert.Equal(Verdict.Undecided,
        Assert.Single(AdvisoryMatcher.Match(Target("8.0.0", "8.0.11", "8.0.1124.51707"), [Record("GHSA-1", Range("8.0.0", "8.0.5")) with { Published = null }])).Verdict);

    [Theory]
    [InlineData("8.0.1124.51707", "2024-10-17")]
    [InlineData("10.0.1226.42308", "2026-08-23")]
    [InlineData("6.0.3524.45918", "2024-09-09")]
    [InlineData("8.0.1124.60199", "2024-12-01")]
    [InlineData("8.0.1124.54099", null)] // the 40th of October
    [InlineData("8.0.1124.1", null)]
    [InlineData("8.0.1224.51707", null)] // another patch than the framework says
    public void TheFileVersionTellsTheDayOfTheBuild(string fileVersion, string? day)
    {
        var file = Version.Parse(fileVersion);
        Assert.Equal(day, new FrameworkStandIn("F", new Version(file.Major, file.Minor, file.Build == 1224 ? 11 : file.Build / 100), file).BuiltOn?.ToString("yyyy-MM-dd", null));
    }

    [Theory]
    [InlineData("Microsoft.NETCore.App/8.0.11/8.0.1124.51707", true)]
    [InlineData("Microsoft.NETCore.App/8.0.0-rc.1/8.0.1124.51707", false)]
    [InlineData("Microsoft.NETCore.App/8.0.2000000000/8.0.1124.51707", false)]
    [InlineData("Microsoft.NETCore.App/8.0/8.0.1124.51707", false)]
    [InlineData("/8.0.1/8.0.1124.51707", false)]
    [InlineData("F/8.0.1/1.2.3.4/x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OnlyAWholeNameOfAReleaseIsOne(string? text, bool isOne) => Assert.Equal(isOne ? text : null, FrameworkStandIn.TryParse(text, out var standIn) ? standIn.ToString() : null);

    [Fact]
    public void ThePackageUrlCarriesWhatIsLoadedInstead()
    {
        Assert.True(ParsedPackageUrl.TryParse("pkg:nuget/System.Text.Json@8.0.0?framework=Microsoft.NETCore.App%2F8.0.11%2F8.0.1124.51707", out var purl));
        Assert.Equal("Microsoft.NETCore.App/8.0.11/8.0.1124.51707", PackageSubject.Of(purl).Subject?.StandIn);
    }

    private static MatchTarget Target(string package, string framework, string fileVersion) =>
        new("NuGet", "System.Text.Json", package) { StandIn = new FrameworkStandIn("Microsoft.NETCore.App", Version.Parse(framework), Version.Parse(fileVersion)) };

    private static OsvRange Range(string introduced, string fixedIn) => new("ECOSYSTEM", [new OsvEvent(OsvEventKind.Introduced, introduced), new OsvEvent(OsvEventKind.Fixed, fixedIn)]);

    private static OsvRecord Record(string id, params OsvRange[] ranges) =>
        new(id, Patched, Patched, null, [], [], [], "", [], [new OsvAffected("NuGet", "System.Text.Json", ranges, [], [], null)], null);
}
