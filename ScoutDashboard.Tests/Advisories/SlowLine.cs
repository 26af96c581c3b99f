using Microsoft.Extensions.Time.Testing;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>A line on which one byte comes after the other, each after some time of the test's clock, whoever sends them.</summary>
public sealed class SlowLine(TimeSpan byteEvery, FakeTimeProvider clock) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        response.Content = new StreamContent(new Bytes(await response.Content.ReadAsStreamAsync(cancellationToken), byteEvery, clock));
        return response;
    }

    private sealed class Bytes(Stream inner, TimeSpan byteEvery, FakeTimeProvider clock) : MemoryStream
    {
        // Else its length would be asked, and told as that of the body.
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Advance(byteEvery);
            return await inner.ReadAsync(buffer[..1], cancellationToken);
        }
    }
}
