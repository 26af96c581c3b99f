using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Webhook;

namespace ScoutDashboard.Tests.Webhook;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void ABucketIsFullAtFirstAndThenTellsWhenTheNextTokenComes()
    {
        var buckets = new TokenBuckets(burst: 3, perMinute: 60, _clock);
        Assert.Equal([null, null, null, TimeSpan.FromSeconds(1)], Enumerable.Range(0, 4).Select(_ => buckets.Take(1, 1)));

        _clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(TimeSpan.FromMilliseconds(600), buckets.Take(1, 1));
        _clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Null(buckets.Take(1, 1));
        Assert.NotNull(buckets.Take(1, 1));
    }

    [Fact]
    public void TokensAreTakenAllOrNone()
    {
        var buckets = new TokenBuckets(burst: 10, perMinute: 60, _clock);
        Assert.Null(buckets.Take(1, 7));
        Assert.Equal(TimeSpan.FromSeconds(1), buckets.Take(1, 4));
        Assert.Null(buckets.Take(1, 3));
    }

    [Fact]
    public void NoneNeedNoTokenAndMoreThanABucketHoldsTakeAllOfThem()
    {
        var buckets = new TokenBuckets(burst: 5, perMinute: 60, _clock);
        Assert.Null(buckets.Take(1, 5000));
        Assert.Null(buckets.Take(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(1), buckets.Take(1, 1));
        Assert.Equal(TimeSpan.FromSeconds(5), buckets.Take(1, 5000));
    }

    [Fact]
    public void ABucketNeverHoldsMoreThanItsBurst()
    {
        var buckets = new TokenBuckets(burst: 2, perMinute: 60, _clock);
        Assert.Null(buckets.Take(1, 1));
        _clock.Advance(TimeSpan.FromDays(365));
        Assert.Equal([null, null, TimeSpan.FromSeconds(1)], Enumerable.Range(0, 3).Select(_ => buckets.Take(1, 1)));
    }

    [Fact]
    public void WhoIsTurnedAwayAgainAndAgainWaitsNoLongerForIt()
    {
        var buckets = new TokenBuckets(burst: 1, perMinute: 60, _clock);
        Assert.Null(buckets.Take(1, 1));
        for (var time = 0; time < 9; time++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.NotNull(buckets.Take(1, 1));
        }

        _clock.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Null(buckets.Take(1, 1));
    }

    [Fact]
    public void EachIntegrationHasABucketOfItsOwn()
    {
        var buckets = new TokenBuckets(burst: 1, perMinute: 1, _clock);
        Assert.Equal([null, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)], new long[] { 1, 2, 1, 2 }.Select(id => buckets.Take(id, 1)));
    }

    [Fact]
    public void OfManyAtOnceAsManyGetATokenAsThereAre()
    {
        var buckets = new TokenBuckets(burst: 100, perMinute: 1, _clock);
        var got = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (buckets.Take(1, 1) is null)
            {
                Interlocked.Increment(ref got);
            }
        });
        Assert.Equal(100, got);
    }
}
