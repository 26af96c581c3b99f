using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Webhook;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Jobs.JobRig;
using static ScoutDashboard.Tests.Webhook.EventText;

namespace ScoutDashboard.Tests.Webhook;

public sealed class WebhookTests
{
    private static readonly Digest D1 = DigestOf(1);

    [Fact]
    public async Task HandshakeSendsTheCodeBack()
    {
        await using var rig = await WebhookRig.CreateAsync();
        using var answer = await rig.PostAsync("""[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6","validationUrl":"http://127.0.0.1:1/"}}]""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"validationResponse":"512d38b6"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(RegistryEventKind.Other, Assert.Single(await rig.EventsAsync()).Kind);
    }

    [Fact]
    public async Task PushIsStoredMovesItsTagAndQueuesOneAnalysis()
    {
        await using var rig = await WebhookRig.CreateAsync();
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push("a", "v1", D1, "11:00:00")}]"));
        var stored = Assert.Single(await rig.EventsAsync());
        Assert.Equal((RegistryEventKind.ImagePushed, "team/app", "v1", D1.Value, "Analysis queued"), (stored.Kind, stored.Repository, stored.Tag, stored.Digest, stored.Outcome));
        Assert.Equal(Start.AddHours(-1), stored.OccurredAt);
        Assert.Equal(D1, (await rig.Jobs.TagsAsync())["v1"]);
        var job = Assert.Single(await rig.Jobs.JobsAsync());
        Assert.Equal((JobReason.Push, "v1", D1.Value), (job.Reason, job.Tag, job.Digest));
        Assert.Equal(Start, (await rig.IntegrationAsync()).LastEventAt);
    }

    [Fact]
    public async Task RedeliveryChangesNothing()
    {
        await using var rig = await WebhookRig.CreateAsync();
        var body = $"[{Push("a", "v1", D1, "11:00:00")}]";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.StatusOfAsync(body)));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Single(await rig.EventsAsync());
        Assert.Single(await rig.Jobs.JobsAsync());
    }

    [Fact]
    public async Task EventWithoutIdIsKnownAgainByItsContent()
    {
        await using var rig = await WebhookRig.CreateAsync();
        var first = $$$$"""[{"eventType":"ImagePushed","data":{"target":{"repository":"team/app","tag":"v1","digest":"{{{{D1}}}}"}}}]""";
        await rig.StatusOfAsync(first);
        await rig.StatusOfAsync(first);
        await rig.StatusOfAsync(first.Replace("v1", "v2", StringComparison.Ordinal));
        Assert.Equal(["v1", "v2"], (await rig.EventsAsync()).Select(e => e.Tag));
        Assert.Equal(Start, (await rig.EventsAsync())[0].OccurredAt);
        Assert.Single(await rig.Jobs.JobsAsync());
    }

    [Theory]
    [InlineData("""{}""", "Not used")]
    [InlineData("""{"data":7,"eventType":["ImagePushed"],"id":{}}""", "Not used")]
    [InlineData("""{"eventType":"Microsoft.ContainerRegistry.ChartPushed","data":{"action":"chart_push"}}""", "Not used")]
    [InlineData("""{"eventType":"Microsoft.ContainerRegistry.ImagePushed"}""", "No repository in the event")]
    [InlineData("""{"eventType":"ImagePushed","data":{"target":{"repository":"../../etc"}}}""", "No repository in the event")]
    [InlineData("""{"eventType":"ImagePushed","data":{"target":{"repository":"\ud800"}}}""", "No repository in the event")]
    [InlineData("""{"eventType":"ImagePushed","subject":"team/app:v1"}""", "Analysis queued")]
    [InlineData("""{"data":{"action":"push","target":{"repository":"team/app","tag":"v1"}}}""", "Analysis queued")]
    [InlineData("""{"eventType":"ImageDeleted","subject":"team/app"}""", "No digest in the event")]
    [InlineData("""{"eventType":"ImagePushed","data":{"target":{"repository":"team/new","tag":"v1"}}}""", "Repository not enabled")]
    public async Task AnyFieldMayBeMissingOrWrong(string element, string outcome)
    {
        await using var rig = await WebhookRig.CreateAsync();
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{element}]"));
        Assert.Equal(outcome, Assert.Single(await rig.EventsAsync()).Outcome);
    }

    [Theory]
    [InlineData("application/cloudevents+json", false)]
    [InlineData("application/cloudevents-batch+json", true)]
    public async Task CloudEventsAreUnderstoodAloneAndInABatch(string contentType, bool isBatch)
    {
        await using var rig = await WebhookRig.CreateAsync();
        var one = $$$$"""{"specversion":"1.0","id":"c1","source":"/subscriptions/S","type":"Microsoft.ContainerRegistry.ImagePushed","time":"2026-05-01T11:00:00.1234567Z","subject":"team/app:v1","data":{"target":{"repository":"team/app","tag":"v1","digest":"{{{{D1}}}}"}}}""";
        using var answer = await rig.PostAsync(isBatch ? $"[{one}]" : one, contentType);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var stored = Assert.Single(await rig.EventsAsync());
        Assert.Equal(("c1", "Analysis queued"), (stored.EventId, stored.Outcome));
    }

    [Fact]
    public async Task CloudEventsHandshakeAllowsItsOriginAndCapsItsRate()
    {
        await using var rig = await WebhookRig.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, rig.Address);
        request.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
        request.Headers.Add("WebHook-Request-Rate", "1000000");
        request.Headers.Add("WebHook-Request-Callback", "http://127.0.0.1:1/");
        using var answer = await rig.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["eventgrid.azure.net"], answer.Headers.GetValues("WebHook-Allowed-Origin"));
        Assert.Equal(["1200"], answer.Headers.GetValues("WebHook-Allowed-Rate"));
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("[null]")]
    [InlineData("""[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{}}]""")]
    public async Task BodyThatCanNeverBeRightIs400(string body)
    {
        await using var rig = await WebhookRig.CreateAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await rig.StatusOfAsync(body));
        Assert.Empty(await rig.EventsAsync());
    }

    [Fact]
    public async Task NestingIsBounded()
    {
        await using var rig = await WebhookRig.CreateAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await rig.StatusOfAsync($$"""[{"data":{{new string('[', 500_000)}}{{new string(']', 500_000)}}}]"""));
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task BodyOfAMebibyteIsReadAndOneByteMoreIsNotEvenChunked(int more, HttpStatusCode status)
    {
        await using var rig = await WebhookRig.CreateAsync();
        var bytes = Encoding.UTF8.GetBytes("[{}]".PadRight(WebhookOptions.MaxBodyBytes + more));
        using var sized = await rig.PostAsync(new ByteArrayContent(bytes));
        using var request = new HttpRequestMessage(HttpMethod.Post, rig.Address) { Content = new ByteArrayContent(bytes), Headers = { TransferEncodingChunked = true } };
        using var chunked = await rig.SendAsync(request);
        Assert.Equal((status, status), (sized.StatusCode, chunked.StatusCode));
    }

    [Theory]
    [InlineData(5000, HttpStatusCode.OK)]
    [InlineData(5001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task LargestBatchIsFiveThousandEvents(int count, HttpStatusCode status)
    {
        await using var rig = await WebhookRig.CreateAsync();
        var body = $"[{string.Join(',', Enumerable.Range(0, count).Select(number => $$"""{"id":"{{number}}","eventType":"X"}"""))}]";
        Assert.Equal(status, await rig.StatusOfAsync(body));
        Assert.Equal(status == HttpStatusCode.OK ? count : 0, (await rig.EventsAsync()).Count);
    }

    [Fact]
    public async Task UnknownKeyIs404AndRemovedIntegrationIs410()
    {
        await using var rig = await WebhookRig.CreateAsync();
        using var wrong = new HttpRequestMessage(HttpMethod.Post, rig.Address[..^3] + "AAA") { Content = new StringContent("[{}]") };
        Assert.Equal(HttpStatusCode.NotFound, (await rig.SendAsync(wrong)).StatusCode);
        await using (var db = rig.Jobs.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RemovedAt, Start));
        }

        Assert.Equal(HttpStatusCode.Gone, await rig.StatusOfAsync($"[{Push("a", "v1", D1, "11:00:00")}]"));
        Assert.Empty(await rig.EventsAsync());
    }

    [Fact]
    public async Task LockedDatabaseIs503AndTheRedeliveryLosesNothing()
    {
        await using var rig = await WebhookRig.CreateAsync();
        var body = $"[{Push("a", "v1", D1, "11:00:00")}]";
        await using (var db = rig.Jobs.Database.CreateDbContext())
        {
            await using var held = await db.Database.BeginTransactionAsync();
            using var answer = await rig.PostAsync(body);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "30"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        }

        Assert.Empty(await rig.EventsAsync());
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(body));
        Assert.Single(await rig.Jobs.JobsAsync());
    }

    [Fact]
    public async Task WhatFindsNoPlaceToWaitIs503AndNothingOfItIsKept()
    {
        await using var rig = await WebhookRig.CreateAsync(new WebhookOptions { WaitingEvents = 1 });
        using (var answer = await rig.PostAsync($"[{Push("a", "v1", D1, "11:00:00")},{Push("b", "v2", DigestOf(2), "11:00:00")}]"))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "30"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        }

        Assert.Equal((0, 0, 0), ((await rig.EventsAsync()).Count, (await rig.Jobs.TagsAsync()).Count, (await rig.Jobs.JobsAsync()).Count));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push("a", "v1", D1, "11:00:00")}]"));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push("b", "v2", DigestOf(2), "11:00:00")}]"));
        Assert.Equal(["a", "b"], (await rig.EventsAsync()).Select(e => e.EventId));
    }

    [Fact]
    public async Task RequestWithAnEventThatCantBeStoredIs503AndKeepsNeitherItsOthersNorTheNextRequestFromBeingRight()
    {
        await using var rig = await WebhookRig.CreateAsync();
        await using (var db = rig.Jobs.Database.CreateDbContext())
        {
            await db.Database.ExecuteSqlAsync($"CREATE TRIGGER refuse BEFORE INSERT ON Events WHEN NEW.EventId = 'poison' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        }

        string[] bodies = [$"[{Push("a", "v1", D1, "11:00:00")}]", $"[{Push("b", "v2", DigestOf(2), "11:00:00")},{Push("poison", "v3", DigestOf(3), "11:00:00")}]", $"[{Push("c", "v4", DigestOf(4), "11:00:00")}]"];
        var answers = await Task.WhenAll(bodies.Select(rig.StatusOfAsync));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK], answers);
        Assert.Equal(["a", "c"], (await rig.EventsAsync()).Select(e => e.EventId).Order(StringComparer.Ordinal));
        Assert.Equal(["v1", "v4"], (await rig.Jobs.TagsAsync()).Keys.Order(StringComparer.Ordinal));
    }

    // Written as JSON has it, so that each is what a sender would send.
    [Theory]
    [InlineData("a\\u0000b", false)]
    [InlineData("\\u0000", false)]
    [InlineData("a\\nb", false)]
    [InlineData("a\\u001b[31mb", false)]
    [InlineData("a\\u007f", false)]
    [InlineData("a\\u0085b", false)]
    [InlineData("a\\ud800b", false)]
    [InlineData("", false)]
    [InlineData("a\\u202eb", true)]
    [InlineData("a\\u2028b", true)]
    [InlineData("a\\uffffb", true)]
    [InlineData("a\\\"b\\\\c'd", true)]
    [InlineData("\\ud83d\\ude00", true)]
    public async Task AnyTextMayBeAnIdIsKnownAgainAndIsStoredWithoutControlCharacters(string id, bool isKept)
    {
        await using var rig = await WebhookRig.CreateAsync();
        var body = $"[{Push(id, "v1", D1, "11:00:00")},{Push("a", "v2", DigestOf(2), "11:00:00")}]";
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(body));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync(body));
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push(id, "v1", D1, "11:00:00")}]"));

        var ids = (await rig.EventsAsync()).Select(e => e.EventId).ToList();
        Assert.Equal(2, ids.Count);
        Assert.Equal("a", ids[1]);
        Assert.DoesNotContain(ids[0], char.IsControl);
        Assert.Equal(isKept ? JsonSerializer.Deserialize<string>($"\"{id}\"") : null, ids[0].StartsWith("sha256:", StringComparison.Ordinal) ? null : ids[0]);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public async Task ALongIdIsStoredAsAHashOfTheEvent(int length, bool isKept)
    {
        await using var rig = await WebhookRig.CreateAsync();
        var id = new string('a', length);
        Assert.Equal(HttpStatusCode.OK, await rig.StatusOfAsync($"[{Push(id, "v1", D1, "11:00:00")}]"));
        Assert.Equal(isKept, Assert.Single(await rig.EventsAsync()).EventId == id);
    }

    [Fact]
    public async Task KeyIsNeverLoggedWhateverTheConfigurationSays()
    {
        using var log = new TextLog();
        await using var rig = await WebhookRig.CreateAsync(log: log);
        await rig.StatusOfAsync("[{}]");
        await rig.StatusOfAsync("{");
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(rig.Key, StringComparison.Ordinal));
    }
}
