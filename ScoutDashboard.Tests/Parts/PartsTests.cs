using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Tests.Parts;

public sealed class PartsTests : BunitContext
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));

    public PartsTests()
    {
        Services.AddLocalization();
        Services.AddSingleton<TimeProvider>(_clock);
    }

    [Fact]
    public void SeveritiesStandInOneOrder()
    {
        var bar = Render<SeverityBar>(p => p.Add(b => b.Counts, new SeverityCounts(3, 12, 40, 7, 0)));

        Assert.Equal("3C 12H 40M 7L", Numbers(bar));
    }

    [Fact]
    public void UnknownSeveritiesAreToldWhereThereAreAny()
    {
        var bar = Render<SeverityBar>(p => p.Add(b => b.Counts, new SeverityCounts(0, 0, 1, 0, 5)));

        Assert.Equal("0C 0H 1M 0L 5?", Numbers(bar));
    }

    [Fact]
    public void ZeroIsAGreyZeroAndHasNoPieceOfTheBar()
    {
        var bar = Render<SeverityBar>(p => p.Add(b => b.Counts, new SeverityCounts(0, 2, 0, 0, 0)));

        Assert.Equal(["0C", "0M", "0L"], bar.FindAll(".severity-zero").Select(e => e.TextContent));
        Assert.Equal("severity-part severity-fill-high", Assert.Single(bar.FindAll(".severity-part")).ClassName);
    }

    [Fact]
    public void NotScannedIsADashAndNeverZero()
    {
        var bar = Render<SeverityBar>(p => p.Add(b => b.Counts, null));

        Assert.Equal("–", bar.Find(".severity-none").TextContent);
        Assert.Equal("Not scanned", bar.Find(".severity-none").GetAttribute("title"));
        Assert.DoesNotContain("0", bar.Find(".severity-none").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAdvisoryDataIsSaidBesideTheCounts()
    {
        var bar = Render<SeverityBar>(p => p.Add(b => b.Counts, default(SeverityCounts)).Add(b => b.Unmatched, "Debian:12"));

        Assert.Equal("No advisory data for Debian:12 yet", bar.Find(".severity-unmatched").TextContent.Trim());
    }

    [Theory]
    [InlineData("2026-03-10T11:59:30", "just now")]
    [InlineData("2026-03-10T11:57:00", "3 min ago")]
    [InlineData("2026-03-10T09:30:00", "2 h ago")]
    [InlineData("2026-03-09T11:00:00", "1 day ago")]
    [InlineData("2026-02-28T12:00:00", "10 days ago")]
    [InlineData("2025-03-10T12:00:00", "12 months ago")]
    [InlineData("2020-03-10T12:00:00", "6 years ago")]
    [InlineData("2026-03-10T12:15:00", "in 15 min")]
    public void TimesAreToldByTheirDistance(string time, string text)
    {
        var shown = Render<RelativeTime>(p => p.Add(t => t.Value, Utc(time)));

        Assert.Equal(text, shown.Find("time").TextContent);
    }

    [Fact]
    public void TheWholeTimeInUtcIsInTheTitle()
    {
        var shown = Render<RelativeTime>(p => p.Add(t => t.Value, Utc("2026-03-10T11:57:04")));

        Assert.Equal("2026-03-10 11:57:04 UTC", shown.Find("time").GetAttribute("title"));
        Assert.Equal("2026-03-10T11:57:04Z", shown.Find("time").GetAttribute("datetime"));
    }

    [Fact]
    public void ATimeThatNeverCameIsADash() => Assert.Equal("–", Render<RelativeTime>(p => p.Add(t => t.Value, null)).Find("span").TextContent);

    [Fact]
    public void ADigestIsShownShortAndCopiedWhole()
    {
        var digest = "sha256:" + new string('a', 12) + new string('b', 52);
        var module = JSInterop.SetupModule("./Parts/CopyButton.razor.js");
        module.Setup<bool>("copy", digest).SetResult(true);

        var shown = Render<DigestText>(p => p.Add(d => d.Digest, digest));
        shown.Find("button").Click();

        Assert.Equal(new string('a', 12), shown.Find("code").TextContent);
        Assert.Equal(digest, shown.Find("code").GetAttribute("title"));
        Assert.Equal("Copied", shown.Find("[role=status]").TextContent);
        Assert.Equal("Copy digest", shown.Find("button").GetAttribute("aria-label"));
    }

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(123_456_789, "123.5 MB")]
    [InlineData(999_950_000, "1.00 GB")]
    public void SizesAreDecimalAsRegistriesTellThem(long bytes, string text) =>
        Assert.Equal(text, Render<ByteSize>(p => p.Add(s => s.Value, bytes)).Find("span").TextContent);

    [Fact]
    public void AStateIsAWordAndNeverColourAlone()
    {
        var chip = Render<StatusChip>(p => p.Add(c => c.Kind, StatusKind.Error).Add(c => c.Text, "Failed"));

        Assert.Equal("Failed", chip.Find(".status-error").TextContent.Trim());
        Assert.NotNull(chip.Find("svg"));
    }

    private static string Numbers(IRenderedComponent<SeverityBar> bar) =>
        string.Join(' ', bar.FindAll(".severity-numbers > span").Select(e => e.TextContent));

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
