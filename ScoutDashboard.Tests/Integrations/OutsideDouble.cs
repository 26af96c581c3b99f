using System.Net;
using Microsoft.AspNetCore.DataProtection;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Tests.Integrations;

/// <summary>What the dashboard finds at its own public address: itself, until a test says otherwise.</summary>
internal sealed class OutsideDouble : HttpMessageHandler, IHttpClientFactory
{
    public OutsideDouble() => Answer = request => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Mark.Answer(request.RequestUri!.Segments[^1])!) };

    public PresenceMark Mark { get; } = new(new EphemeralDataProtectionProvider());

    /// <summary>What its name leads to; none: it is not found.</summary>
    public IReadOnlyList<string> Addresses { get; set; } = ["20.50.2.1"];

    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; }

    /// <summary>The proxy that the environment names, if any.</summary>
    public IWebProxy Proxy { get; set; } = new WebProxy();

    public PublicUrlCheck Check(PublicUrl publicUrl) => new(publicUrl, new OutboundNetwork(new OutboundOptions()) { Resolve = (_, _) => Task.FromResult(Addresses.Select(IPAddress.Parse).ToArray()), Proxy = Proxy }, this, Mark);

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));
}
