using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Jobs;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(30, 1800)]
    public void DelayDoublesUpToHalfAnHour(int attempt, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.DelayAfter(attempt, jitter: 0.5, asked: null));
        Assert.Equal(TimeSpan.FromSeconds(seconds * 0.75), RetryPolicy.DelayAfter(attempt, jitter: 0, asked: null));
        Assert.Equal(TimeSpan.FromSeconds(seconds * 1.25), RetryPolicy.DelayAfter(attempt, jitter: 1, asked: null));
    }

    [Fact]
    public void RegistryMayAskForMoreButNotForDays()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), RetryPolicy.DelayAfter(1, 0.5, TimeSpan.FromMinutes(5)));
        Assert.Equal(TimeSpan.FromSeconds(10), RetryPolicy.DelayAfter(1, 0.5, TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromHours(6), RetryPolicy.DelayAfter(1, 0.5, TimeSpan.FromDays(9)));
    }

    [Theory]
    [InlineData(RegistryError.Timeout, JobState.Queued)]
    [InlineData(RegistryError.Throttled, JobState.Queued)]
    [InlineData(RegistryError.Truncated, JobState.Queued)]
    [InlineData(RegistryError.Unauthorized, JobState.Failed)]
    [InlineData(RegistryError.DigestMismatch, JobState.Queued)]
    [InlineData(RegistryError.NotFound, JobState.Failed)]
    public void OnlyWhatTimeMayHealIsTriedAgain(RegistryError error, JobState state)
    {
        Assert.Equal(state, RetryPolicy.Judge(new RegistryException(error, "Why."), attempt: 1, maxAttempts: 6, jitter: 0).State);
        Assert.Equal(JobState.Failed, RetryPolicy.Judge(new RegistryException(error, "Why."), attempt: 6, maxAttempts: 6, jitter: 0).State);
    }

    [Fact]
    public void UnforeseenFaultsAreTriedAgainAndTheirTextStaysInTheLog()
    {
        var result = RetryPolicy.Judge(new InvalidOperationException("password=hunter2"), attempt: 1, maxAttempts: 6, jitter: 0);
        Assert.Equal(JobState.Queued, result.State);
        Assert.DoesNotContain("hunter2", result.Reason, StringComparison.Ordinal);
        Assert.Equal(JobState.Queued, RetryPolicy.Judge(new IOException("reset"), attempt: 1, maxAttempts: 6, jitter: 0).State);
        Assert.Equal(JobState.Failed, RetryPolicy.Judge(new AnalysisException("No."), attempt: 1, maxAttempts: 6, jitter: 0).State);
    }
}
