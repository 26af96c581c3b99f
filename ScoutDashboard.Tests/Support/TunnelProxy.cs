using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ScoutDashboard.Tests.Support;

/// <summary>A proxy on this machine that leads whoever asks for one host to a server here, and nobody anywhere else: so a process reaches a double under a public name.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly string _host;
    private readonly Uri _server;
    private readonly Task _serving;

    public TunnelProxy(string host, Uri server)
    {
        (_host, _server) = (host, server);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        var tunnels = new List<Task>();
        try
        {
            while (true)
            {
                tunnels.Add(LeadAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(tunnels);
        }
    }

    private async Task LeadAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                var stream = client.GetStream();
                if (await ReadAsync(stream) != $"CONNECT {_host}:443 HTTP/1.1")
                {
                    await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _over.Token);
                    return;
                }

                await server.ConnectAsync(_server.Host, _server.Port, _over.Token);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _over.Token);
                // Whoever goes first takes the other along.
                await Task.WhenAny(stream.CopyToAsync(server.GetStream(), _over.Token), server.GetStream().CopyToAsync(stream, _over.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // The test is over, or a side went.
            }
        }
    }

    // The first line of a request that has no body, read to its blank line and no further: what follows is the tunnel's.
    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(next, _over.Token) == 1)
        {
            head.Append((char)next[0]);
        }

        return head.ToString().Split("\r\n")[0];
    }
}
