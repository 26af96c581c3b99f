using Microsoft.AspNetCore.Http;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Advisories.Osv;

public sealed class OsvChangesTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private FeedServerRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await FeedServerRig.StartAsync();
        _rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0", modified: At(1)).Add("npm", "b", "GHSA-2", "1.0.0", modified: At(2)).Add("npm", "c", "GHSA-3", "1.0.0", modified: At(2));
        await _rig.RunAfterAsync(TimeSpan.Zero);
        Assert.Equal("npm/all.zip:200", _rig.Server.TakeAsked());
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AfterTheFirstTimeOnlyWhatChangedIsFetched()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(3)).Add("npm", "moved", "GHSA-1", "2.0.0", modified: At(4));

        var feed = await _rig.RunAfterAsync(Day);

        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-1.json:200 npm/GHSA-4.json:200", Sorted(_rig.Server.TakeAsked()));
        Assert.Equal((FeedStatus.Ready, 4, 0, At(4)), (feed.Status, feed.Records, feed.Rejected, feed.NewestModified));
        Assert.Equal(["npm/moved"], await _rig.Rig.PackagesAsync("GHSA-1"));

        await _rig.RunAfterAsync(Day);
        Assert.Equal("npm/modified_id.csv:304", _rig.Server.TakeAsked());
    }

    [Fact]
    public async Task ARecordOfTheVeryInstantThatWasSeenLastIsNotMissed()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(2));

        await _rig.RunAfterAsync(Day);

        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-4.json:200", Sorted(_rig.Server.TakeAsked()));
        Assert.Equal(["GHSA-1", "GHSA-2", "GHSA-3", "GHSA-4"], await _rig.Rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task FractionsOfASecondAreOlderAndNewer()
    {
        const string Record = """{"id": "GHSA-2", "modified": "2026-11-02T00:00:00.625Z", "affected": [{"package": {"ecosystem": "npm", "name": "half"}, "versions": ["1.0.0"]}]}""";
        _rig.Folder.Add("npm", "GHSA-2", Record);

        await _rig.RunAfterAsync(Day);

        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-2.json:200", Sorted(_rig.Server.TakeAsked()));
        Assert.Equal(["npm/half"], await _rig.Rig.PackagesAsync("GHSA-2"));
    }

    [Fact]
    public async Task AListOutOfOrderHidesNothing()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(5));
        await ListAsync("2026-11-01T00:00:00Z,GHSA-1", "no line", "2026-11-02T00:00:00Z,GHSA-2", $"2026-11-02T00:00:00Z,{new string('x', 5000)}", "2026-11-05T00:00:00Z,GHSA-4");

        await _rig.RunAfterAsync(Day);

        Assert.Contains("GHSA-4", await _rig.Rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task ARecordThatIsGoneStaysUntilTheWeeklyReadingOfTheWhole()
    {
        _rig.Folder.Remove("npm", "GHSA-3");

        await _rig.RunAfterAsync(Day);
        Assert.Equal("npm/modified_id.csv:200", _rig.Server.TakeAsked());
        Assert.Contains("GHSA-3", await _rig.Rig.AdvisoryIdsAsync());

        var feed = await _rig.RunAfterAsync(6 * Day);
        Assert.Equal("npm/all.zip:200", _rig.Server.TakeAsked());
        Assert.Equal(["GHSA-1", "GHSA-2"], await _rig.Rig.AdvisoryIdsAsync());
        Assert.Equal(2, feed.Records);
    }

    [Fact]
    public async Task AWholeThatHasNotChangedIsNotFetchedAgain()
    {
        var feed = await _rig.RunAfterAsync(7 * Day);

        Assert.Equal("npm/all.zip:304", _rig.Server.TakeAsked());
        Assert.Equal((FeedStatus.Ready, 3, At(2)), (feed.Status, feed.Records, feed.NewestModified));
        await _rig.RunAfterAsync(Day);
        Assert.Equal("npm/modified_id.csv:200", _rig.Server.TakeAsked());
    }

    [Fact]
    public async Task ForMoreThanTwoThousandChangesTheArchiveIsFetched()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(5));
        await ListAsync([.. Enumerable.Range(0, 2001).Select(number => $"2026-11-05T00:00:00Z,GHSA-N{number}")]);

        await _rig.RunAfterAsync(Day);

        Assert.Equal("npm/modified_id.csv:200 npm/all.zip:200", _rig.Server.TakeAsked());
        Assert.Contains("GHSA-4", await _rig.Rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AMirrorWithoutListsIsReadWhole()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(5));
        File.Delete(Path.Combine(_rig.Folder.Path, "npm", "modified_id.csv"));

        var feed = await _rig.RunAfterAsync(Day);

        Assert.Equal("npm/modified_id.csv:404 npm/all.zip:200", _rig.Server.TakeAsked());
        Assert.Equal((FeedStatus.Ready, 4), (feed.Status, feed.Records));
    }

    [Fact]
    public async Task ARecordThatCantBeHadFailsTheFeedAndTheNextAttemptGoesOnFromThere()
    {
        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: At(3));
        _rig.Server.Troubles["npm/GHSA-4.json"] = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };

        var failing = await _rig.RunAfterAsync(Day);
        Assert.Equal((FeedStatus.Failing, "127.0.0.1 answered 500.", 3), (failing.Status, failing.LastError, failing.Records));
        Assert.Equal(["GHSA-1", "GHSA-2", "GHSA-3"], await _rig.Rig.AdvisoryIdsAsync());

        _rig.Server.Troubles.Clear();
        _rig.Server.TakeAsked();
        var feed = await _rig.RunAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-4.json:200", Sorted(_rig.Server.TakeAsked()));
        Assert.Equal((FeedStatus.Ready, 4), (feed.Status, feed.Records));
    }

    [Fact]
    public async Task ACopyFromBeforeTheChangeIsLookedAtAgain()
    {
        await ListAsync("2026-11-06T00:00:00Z,GHSA-1", "2026-11-05T00:00:00Z,GHSA-2", "2026-11-02T00:00:00Z,GHSA-3");
        await _rig.RunAfterAsync(Day);
        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-1.json:200 npm/GHSA-2.json:200", Sorted(_rig.Server.TakeAsked()));

        _rig.Folder.Add("npm", "new", "GHSA-1", "1.0.0", modified: At(6)).Add("npm", "newer", "GHSA-2", "1.0.0", modified: At(5));
        await _rig.RunAfterAsync(Day);

        Assert.Equal(["npm/new"], await _rig.Rig.PackagesAsync("GHSA-1"));
        Assert.Equal(["npm/newer"], await _rig.Rig.PackagesAsync("GHSA-2"));
    }

    [Fact]
    public async Task NamesThatArePathsAreNotAskedAndATimeToComeHoldsNothingUp()
    {
        await ListAsync("9999-01-01T00:00:00Z,../kev", "9998-01-01T00:00:00Z,a/b", "9997-01-01T00:00:00Z,GHSA-NONE", "2026-11-02T00:00:00Z,GHSA-2");
        var feed = await _rig.RunAfterAsync(Day);
        Assert.Equal(FeedStatus.Ready, feed.Status);
        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-NONE.json:404 npm/all.zip:304", Sorted(_rig.Server.TakeAsked()));

        _rig.Folder.Add("npm", "d", "GHSA-4", "1.0.0", modified: AdvisoryRig.Start + Day + Day);
        await _rig.RunAfterAsync(Day);

        Assert.Contains("GHSA-4", await _rig.Rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task ARecordThatCantBeReadIsCountedOnceHoweverOftenItIsFetchedAndNoMoreOnceItCan()
    {
        const string Bad = "2026-11-05T00:00:00Z,GHSA-BAD";
        _rig.Folder.AddFile("npm/GHSA-BAD.json", "{ not json").AddFile("npm/GHSA-OTHER.json", "[]");
        await ListAsync(Bad);
        Assert.Equal(1, (await _rig.RunAfterAsync(Day)).Rejected);
        _rig.Server.TakeAsked();

        // Of the newest instant: nobody knows that nothing else is.
        await ListAsync(Bad, "2026-11-05T00:00:00Z,GHSA-OTHER");
        Assert.Equal(2, (await _rig.RunAfterAsync(Day)).Rejected);
        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-BAD.json:200 npm/GHSA-OTHER.json:200", Sorted(_rig.Server.TakeAsked()));

        _rig.Folder.Add("npm", "d", "GHSA-BAD", "1.0.0", modified: At(6));
        var feed = await _rig.RunAfterAsync(Day);
        Assert.Equal((FeedStatus.Ready, 4, 1), (feed.Status, feed.Records, feed.Rejected));
    }

    [Fact]
    public async Task ARecordThatTheArchiveHasUnreadableIsNotCountedAgainWhenItIsFetched()
    {
        _rig.Folder.Add("npm", "GHSA-BAD", "{ not json");
        Assert.Equal(1, (await _rig.RunAfterAsync(7 * Day)).Rejected);

        await ListAsync("2026-11-05T00:00:00Z,GHSA-BAD");

        Assert.Equal(1, (await _rig.RunAfterAsync(Day)).Rejected);
        Assert.Equal("npm/all.zip:200 npm/modified_id.csv:200 npm/GHSA-BAD.json:200", _rig.Server.TakeAsked());
    }

    [Fact]
    public async Task AListThatIsNoneFailsTheFeed()
    {
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder.Path, "npm", "modified_id.csv"), "<html>Sign in</html>");

        var feed = await _rig.RunAfterAsync(Day);

        Assert.Equal((FeedStatus.Failing, "The list of changes can't be read."), (feed.Status, feed.LastError));
        Assert.Equal(3, (await _rig.Rig.AdvisoryIdsAsync()).Count);
    }

    private static DateTime At(int day) => new(2026, 11, day, 0, 0, 0, DateTimeKind.Utc);

    // Records are fetched side by side.
    private static string Sorted(string asked) => string.Join(' ', asked.Split(' ').OrderBy(path => path.EndsWith(".csv:200", StringComparison.Ordinal) ? "" : path, StringComparer.Ordinal));

    private Task ListAsync(params string[] lines) => File.WriteAllLinesAsync(Path.Combine(_rig.Folder.Path, "npm", "modified_id.csv"), lines);
}
