using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Outbound;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What is found at the public address before a deployment.</summary>
public sealed class PublicUrlCheckTests : IDisposable
{
    private readonly OutsideDouble _outside = new();

    [Fact]
    public async Task WhereThisDashboardAnswersThatIsToldAsSeenFromHere()
    {
        var asked = new List<Uri>();
        var answer = _outside.Answer;
        _outside.Answer = request =>
        {
            asked.Add(request.RequestUri!);
            return answer(request);
        };

        var finding = await AskAsync("https://scout.example.com/below/");

        Assert.Equal((CheckState.Passed, ""), (finding.State, finding.Remedy));
        Assert.Contains("As seen from here", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("https://scout.example.com/below/presence/", Assert.Single(asked).AbsoluteUri, StringComparison.Ordinal);
        await AskAsync();
        Assert.NotEqual(asked[0].Segments[^1], asked[1].Segments[^1]);
    }

    [Fact]
    public async Task WhoeverElseAnswersIsNotTakenForThisDashboard()
    {
        _outside.Answer = _ => Text("not the answer");
        Assert.Contains("something else than this dashboard answers at scout.example.com (200)", (await WarnAsync("curl")).Detail, StringComparison.Ordinal);

        // Neither one that has other keys, nor one that tells what it was asked.
        using var other = new OutsideDouble();
        _outside.Answer = other.Answer;
        await WarnAsync("curl");
        _outside.Answer = request => Text(request.RequestUri!.Segments[^1]);
        await WarnAsync("curl");
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("20.50.2.1", "fd00::1")]
    public async Task ANameThatLeadsInsideIsNotCalled(params string[] addresses)
    {
        _outside.Addresses = addresses;
        _outside.Answer = _ => throw new InvalidOperationException("It was called.");

        var finding = await WarnAsync("nslookup scout.example.com 1.1.1.1");

        Assert.Contains($"leads to {addresses[^1]}", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatIsNotFoundIsToldUnlessAProxyFindsIt()
    {
        _outside.Addresses = [];
        await WarnAsync("nslookup scout.example.com");

        _outside.Proxy = new WebProxy("http://proxy.example.com:3128");
        Assert.Equal(CheckState.Passed, (await AskAsync()).State);
    }

    [Theory]
    [InlineData(HttpRequestError.SecureConnectionError, "openssl s_client -connect scout.example.com:443 -servername scout.example.com", "no certificate that is trusted")]
    [InlineData(HttpRequestError.ConnectionError, "curl", "nothing listens there")]
    [InlineData(HttpRequestError.ProxyTunnelError, "curl", "own proxy")]
    [InlineData(HttpRequestError.InvalidResponse, "curl", "no web server")]
    public async Task EachWayToFailHasItsWordsAndItsCommand(HttpRequestError error, string command, string told)
    {
        _outside.Answer = _ => throw new HttpRequestException(error);

        Assert.Contains(told, (await WarnAsync(command)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatDoesNotAnswerInTimeIsToldAndWhoeverLeavesIsNotHeld()
    {
        _outside.Answer = _ => throw new TaskCanceledException("", new TimeoutException());
        Assert.Contains("did not answer within 10 seconds", (await WarnAsync("curl")).Detail, StringComparison.Ordinal);

        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _outside.Check(Url("https://scout.example.com")).AskAsync(left.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://scout.example.com")]
    [InlineData("https://10.0.0.1")]
    public async Task WithoutAnAddressForAzureNothingIsAsked(string url)
    {
        _outside.Answer = _ => throw new InvalidOperationException("It was called.");

        var finding = await AskAsync(url);

        Assert.Equal((CheckState.Warning, "export Scout__PublicUrl='https://scout.example.com'"), (finding.State, finding.Command));
    }

    // As the application wires it.
    [Fact]
    public async Task ACertificateThatAServerMadeForItselfIsNotTrusted()
    {
        await using var server = await HttpsServer.StartAsync(_ => Task.CompletedTask, "scout.example.com");
        await using var app = new ScoutApp
        {
            Settings = { ["Scout:PublicUrl"] = $"https://scout.example.com:{server.Address.Port}" },
            Replace = services => services.AddSingleton(new OutboundNetwork(new OutboundOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] }) { Resolve = PublicAtFirst(), Proxy = new WebProxy() }),
        };

        var finding = await app.Services.GetRequiredService<PublicUrlCheck>().AskAsync(default);

        Assert.StartsWith($"openssl s_client -connect scout.example.com:{server.Address.Port} ", finding.Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEndpointProvesItsNonceToItsOwnDashboardOnlyAndClosesNothingElse()
    {
        await using var app = new ScoutApp();
        await using var other = new ScoutApp();
        await app.SetUpAsync();
        using var stranger = app.Browser();
        var nonce = PresenceMark.NewNonce();

        using var answer = await stranger.GetAsync($"/presence/{nonce}");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.True(app.Services.GetRequiredService<PresenceMark>().IsAnswer(nonce, text));
        Assert.False(app.Services.GetRequiredService<PresenceMark>().IsAnswer(PresenceMark.NewNonce(), text));
        Assert.False(other.Services.GetRequiredService<PresenceMark>().IsAnswer(nonce, text));
        foreach (var odd in new[] { nonce[1..], nonce + "a", "%20" + nonce[1..] })
        {
            using var refused = await stranger.GetAsync($"/presence/{odd}");
            Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        }
    }

    public void Dispose() => _outside.Dispose();

    // When it is looked at; when it is called, this machine's.
    private static Func<string, CancellationToken, Task<IPAddress[]>> PublicAtFirst()
    {
        var asked = 0;
        return (_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("20.50.2.1") : IPAddress.Loopback]);
    }

    private static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };

    private static PublicUrl Url(string url) => PublicUrl.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Scout:PublicUrl", url)]).Build());

    private Task<CheckFinding> AskAsync(string url = "https://scout.example.com") => _outside.Check(Url(url)).AskAsync(default);

    private async Task<CheckFinding> WarnAsync(string command)
    {
        var finding = await AskAsync();
        Assert.Equal(CheckState.Warning, finding.State);
        Assert.StartsWith(command, finding.Command, StringComparison.Ordinal);
        Assert.True(finding.Remedy.Length > 0);
        Assert.Contains("Azure may see it otherwise.", finding.Detail, StringComparison.Ordinal);
        return finding;
    }
}
