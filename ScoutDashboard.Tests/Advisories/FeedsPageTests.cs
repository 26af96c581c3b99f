using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

public sealed class FeedsPageTests
{
    [Fact]
    public async Task AnEmptyInventorySaysWhereFeedsComeFrom()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await using var browser = Browser(rig);

        var page = browser.Render<FeedsPage>();

        page.WaitForAssertion(() => Assert.Contains("No feeds yet", page.Markup, StringComparison.Ordinal));
        Assert.Contains(rig.Folder.Path, page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Refresh all", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailingFeedSaysWhyAndThatOldDataStaysAndShowsNoMarkupOfTheSource()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("Debian:12", "openssl");
        await AddAsync(rig, new FeedState
        {
            Key = "Debian", Status = FeedStatus.Failing, Source = rig.Options.DisplaySource, Records = 15031, Rejected = 2, LastSuccessAt = AdvisoryRig.Start.AddHours(-3),
            NextRunAt = AdvisoryRig.Start.AddMinutes(15), LastError = "The download broke off <script>\u202E",
        });
        await using var browser = Browser(rig);

        var page = browser.Render<FeedsPage>();

        page.WaitForAssertion(() => Assert.Contains("Failing", page.Markup, StringComparison.Ordinal));
        Assert.Contains("The download broke off &lt;script&gt;\\u202e", page.Markup, StringComparison.Ordinal);
        Assert.Contains("What was loaded before stays in use.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("15,031", page.Markup, StringComparison.Ordinal);
        Assert.Contains("2 unreadable", page.Markup, StringComparison.Ordinal);
        Assert.Contains("in 15 min", page.Markup, StringComparison.Ordinal);
        Assert.Contains("3 h ago", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFeedThatNeverLoadedShowsNoZero()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", "a");
        await AddAsync(rig, new FeedState { Key = "npm", Status = FeedStatus.Waiting });
        await using var browser = Browser(rig);

        var page = browser.Render<FeedsPage>();

        page.WaitForAssertion(() => Assert.Contains("Waiting", page.Markup, StringComparison.Ordinal));
        Assert.Equal("–", page.Find("td[data-label=Records]").TextContent.Trim());
    }

    [Fact]
    public async Task RefreshNowLoadsThatFeedAndThePageFollows()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("PyPI", "b", "PYSEC-1", "1.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.AddComponentAsync("PyPI", "b");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        rig.Folder.Add("npm", "c", "GHSA-2", "1.0.0");
        await using var browser = Browser(rig);
        var page = browser.Render<FeedsPage>();
        page.WaitForElement("button[aria-label='Refresh now: npm']").Click();
        Assert.True(page.Find("button[aria-label='Refresh now: npm']").HasAttribute("disabled"));
        Assert.False(page.Find("button[aria-label='Refresh now: PyPI']").HasAttribute("disabled"));

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        page.WaitForAssertion(() => Assert.False(page.Find("button[aria-label='Refresh now: npm']").HasAttribute("disabled")));
        Assert.Equal(["2", "1"], page.FindAll("td[data-label=Records]").Select(cell => cell.TextContent.Trim()));
        Assert.Equal(AdvisoryRig.Start, (await rig.FeedAsync("PyPI")).LastAttemptAt);
    }

    [Fact]
    public async Task AFeedWithoutSuccessForThreeIntervalsIsOutOfDateAndNamesItsLicence()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", "a");
        await AddAsync(rig, new FeedState { Key = "npm", Status = FeedStatus.Ready, LastSuccessAt = AdvisoryRig.Start.AddDays(-3).AddMinutes(1) });
        await using var browser = Browser(rig);
        var page = browser.Render<FeedsPage>();
        page.WaitForAssertion(() => Assert.Contains("GitHub Advisory Database", page.Markup, StringComparison.Ordinal));
        Assert.Contains("CC-BY-4.0", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Out of date", page.Markup, StringComparison.Ordinal);

        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        rig.Signal.RaiseChanged();

        page.WaitForAssertion(() => Assert.Contains("Out of date", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFeedThatWaitsForConsentCanNotBeAskedFor()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("Wolfi", "busybox");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        await using var browser = Browser(rig);

        var page = browser.Render<FeedsPage>();

        Assert.True(page.WaitForElement("button[aria-label='Refresh now: Wolfi']").HasAttribute("disabled"));
        Assert.Contains("Advisories:OptIn", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFeedThatNothingInstalledNeedsIsNeitherStaleNorToBeAskedFor()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await AddAsync(rig, new FeedState { Key = "npm", Status = FeedStatus.Ready, Records = 7, LastSuccessAt = AdvisoryRig.Start.AddDays(-30), NextRunAt = AdvisoryRig.Start.AddDays(-29) });
        await rig.ListAsync(await rig.AddComponentAsync("npm", "a"), ListedOnly.Declared);
        await using var browser = Browser(rig);

        var page = browser.Render<FeedsPage>();

        Assert.True(page.WaitForElement("button[aria-label='Refresh now: npm']").HasAttribute("disabled"));
        Assert.Contains("Not needed", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing that is installed is of this feed", page.Markup, StringComparison.Ordinal);
        Assert.Equal("7", page.Find("td[data-label=Records]").TextContent.Trim());
        Assert.DoesNotContain("Out of date", page.Markup, StringComparison.Ordinal);
    }

    private static async Task AddAsync(AdvisoryRig rig, FeedState feed)
    {
        await using var db = rig.Database.CreateDbContext();
        db.Feeds.Add(feed);
        await db.SaveChangesAsync();
    }

    private static BunitContext Browser(AdvisoryRig rig)
    {
        var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.SignInAs(MemberRole.Administrator);
        browser.Services.AddMudServices();
        browser.Services.AddLocalization();
        browser.Services.AddSingleton<TimeProvider>(rig.Clock);
        browser.Services.AddSingleton(new FeedList(rig.Database, rig.Feeds, rig.Options, rig.Clock));
        browser.Services.AddSingleton(rig.Refresher);
        browser.Services.AddSingleton(rig.Signal);
        return browser;
    }
}
