using System.Net;
using ScoutDashboard.Images;
using ScoutDashboard.Webhook;
using static ScoutDashboard.Tests.Jobs.JobRig;
using static ScoutDashboard.Tests.Webhook.EventText;

namespace ScoutDashboard.Tests.Webhook;

public sealed class WebhookLimitTests
{
    [Fact]
    public async Task TooManyRequestsAre429SoThatEventGridComesBack()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { Burst = 2, RequestsPerMinute = 1 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rig.StatusOfAsync("[]")));
        Assert.Equal((2, 8), (answers.Count(status => status == HttpStatusCode.OK), answers.Count(status => status == HttpStatusCode.TooManyRequests)));

        rig.Jobs.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync("[]"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await rig.StatusOfAsync("[]"));
    }

    [Fact]
    public async Task EventsAreLimitedHoweverFewRequestsBringThemAndWhatIsTurnedAwayIsStoredWhenItComesAgain()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { Burst = 1_000_000, EventBurst = 50, EventsPerMinute = 300 });
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(Batch(0)));
        TimeSpan wait;
        using (var turnedAway = await rig.PostAsync(Batch(1)))
        {
            wait = turnedAway.Headers.RetryAfter!.Delta!.Value;
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(6)), (turnedAway.StatusCode, wait));
        }

        Assert.Equal(40, (await rig.EventsAsync()).Count);
        rig.Jobs.Clock.Advance(wait);
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(Batch(1)));
        Assert.Equal((80, 80), ((await rig.EventsAsync()).Count, (await rig.Jobs.JobsAsync()).Count));

        static string Batch(int batch) => $"[{string.Join(',', Enumerable.Range(batch * 40, 40).Select(n => Push($"{n}", $"v{n}", DigestOf(n), "11:00:00")))}]";
    }

    [Fact]
    public async Task ARequestWithMoreEventsThanTheLimitIsTakenWhereNoneCameBefore()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { EventBurst = 3, EventsPerMinute = 1 });
        var body = $"[{string.Join(',', Enumerable.Range(0, 5).Select(n => Push($"{n}", $"v{n}", DigestOf(n), "11:00:00")))}]";

        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(body));
        Assert.Equal(HttpStatusCode.TooManyRequests, await rig.StatusOfAsync($"[{Push("more", "v9", DigestOf(9), "11:00:00")}]"));
        Assert.Equal(5, (await rig.EventsAsync()).Count);
    }

    [Fact]
    public async Task WhoTriesKeysIsTurnedAwayWhileTheRightOneIsHeard()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { WrongKeysPerMinute = 2 });
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync("[]"));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync());
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync());

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync());
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync("[]"));

        async Task<HttpStatusCode> TryAsync()
        {
            using var answer = await rig.SendAsync(new HttpRequestMessage(HttpMethod.Post, rig.Address.Replace(rig.Key, UrlKey.Create(), StringComparison.Ordinal)) { Content = new StringContent("[]") });
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task WhatComesAgainTakesNoPlaceFromWhatIsNew()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { EventBurst = 3, EventsPerMinute = 1 });
        var repeated = $"[{Push("a", "v1", DigestOf(1), "11:00:00")},{Push("b", "v2", DigestOf(2), "11:00:00")}]";
        for (var time = 0; time < 5; time++)
        {
            Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(repeated));
        }

        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push("a", "v1", DigestOf(1), "11:00:00")},{Push("c", "v3", DigestOf(3), "11:00:00")}]"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await rig.StatusOfAsync($"[{Push("d", "v4", DigestOf(4), "11:00:00")}]"));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(repeated));
        Assert.Equal(["a", "b", "c"], (await rig.EventsAsync()).Select(e => e.EventId));
    }

    [Fact]
    public async Task HandshakeIsAnsweredWhereNoEventMayComeAnyMoreAndBringsNoneWithIt()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { EventBurst = 1, EventsPerMinute = 1 });
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push("a", "v1", DigestOf(1), "11:00:00")}]"));
        const string handshake = "{\"id\":\"h\",\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",\"data\":{\"validationCode\":\"512d38b6\"}}";
        Assert.Equal(HttpStatusCode.TooManyRequests, await rig.StatusOfAsync($"[{handshake},{Push("b", "v2", DigestOf(2), "11:00:00")}]"));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{handshake}]"));
        Assert.Equal(["a", "h"], (await rig.EventsAsync()).Select(e => e.EventId));
    }
}
