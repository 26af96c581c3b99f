using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Tests.Jobs;

public sealed class JobFeedTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly JobFeed _feed;

    public JobFeedTests() => _feed = new JobFeed(_clock, NullLogger<JobFeed>.Instance);

    [Fact]
    public void ProgressIsToldTenTimesASecondAndTheEndAlways()
    {
        var told = new List<string>();
        using var subscription = _feed.Subscribe(p => told.Add(p.Step));
        for (var step = 0; step < 1000; step++)
        {
            _feed.Publish(News(1, JobState.Running, $"{step}"));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal("999", Assert.Single(_feed.Running).Step);
        _feed.Publish(News(1, JobState.Succeeded, "end"));
        Assert.Equal(["0", "99", "199", "299", "399", "499", "599", "699", "799", "899", "999", "end"], told);
        Assert.Empty(_feed.Running);
    }

    [Fact]
    public void PageThatThrowsDoesNotSilenceTheOthers()
    {
        var told = 0;
        using var bad = _feed.Subscribe(_ => throw new InvalidOperationException());
        using var good = _feed.Subscribe(_ => told++);
        _feed.Publish(News(1, JobState.Running, "a"));
        Assert.Equal(1, told);
    }

    [Fact]
    public void RunningJobsStandOldestFirstAndAPageThatLeftHearsNothing()
    {
        var told = 0;
        var subscription = _feed.Subscribe(_ => told++);
        _feed.Publish(News(7, JobState.Running, "a"));
        subscription.Dispose();
        _feed.Publish(News(3, JobState.Running, "b"));
        Assert.Equal([7L, 3L], _feed.Running.Select(p => p.JobId));
        Assert.Equal(1, told);
    }

    private static JobProgress News(long id, JobState state, string step) => new(id, 1, "team/app", state, step, null);
}
