using System.Net.Sockets;
using System.Security.Authentication;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Registry;

/// <summary>Sends one request and returns when its headers are there; tells faults of the network apart.</summary>
public sealed class RegistryHttp(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>Name of the HTTP client: no redirects, no cookies, no decompression.</summary>
    public const string ClientName = "registry";

    private static readonly TimeSpan HeaderLimit = TimeSpan.FromSeconds(60);

    /// <param name="message">The request; disposed here.</param>
    /// <param name="host">The host for a person.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, string host, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(HeaderLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using (message)
        {
            try
            {
                return await clients.CreateClient(ClientName).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RegistryException(RegistryError.Timeout, $"{host} did not answer in time.", exception);
            }
            catch (Polly.Timeout.TimeoutRejectedException exception)
            {
                throw new RegistryException(RegistryError.Timeout, $"{host} did not answer in time.", exception);
            }
            catch (HttpRequestException exception)
            {
                throw Explain(exception, host);
            }
        }
    }

    private static RegistryException Explain(HttpRequestException exception, string host) => exception switch
    {
        { InnerException: OutboundException refused } => new(RegistryError.UntrustedAddress, refused.Message, exception),
        { HttpRequestError: HttpRequestError.NameResolutionError } => new(RegistryError.HostNotFound, $"There is no host {host}.", exception),
        { InnerException: AuthenticationException } or { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new(RegistryError.Tls, $"{host} could not be reached securely: its certificate is not trusted, or it does not speak TLS.", exception),
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } => new(RegistryError.HostNotFound, $"There is no host {host}.", exception),
        { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } => new(RegistryError.Timeout, $"{host} did not answer in time.", exception),
        { HttpRequestError: HttpRequestError.ConnectionError } => new(RegistryError.ConnectionRefused, $"{host} does not accept connections.", exception),
        _ when IsBrokenOff(exception) => new(RegistryError.Truncated, $"{host} closed the connection in the middle of an answer.", exception),
        _ => new(RegistryError.BadResponse, $"{host} did not answer as a web server does.", exception),
    };

    /// <summary>Whether the connection ended in the middle: by a proper end, or by a reset.</summary>
    internal static bool IsBrokenOff(HttpRequestException exception) => exception.HttpRequestError == HttpRequestError.ResponseEnded
        || (exception.HttpRequestError == HttpRequestError.Unknown && exception.InnerException is IOException);
}
