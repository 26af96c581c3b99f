using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Azure;

/// <summary>Sends one call to a cloud's Resource Manager, reads its answer whole up to a limit, and tells apart why one fails. Transient faults are tried again a little.</summary>
public sealed class ArmHttp
{
    /// <summary>Name of the HTTP client: no redirects, no cookies, no decompression.</summary>
    public const string ClientName = "azure";

    private const int MaxBytes = 8 * 1024 * 1024;
    private const int Attempts = 3;

    // Somebody may be waiting: more patience than this is not had, but told.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 64 };

    private readonly HttpPipeline _pipeline;

    public ArmHttp(ArmEndpoint endpoint, TokenCredential credential, HttpClient client, TimeProvider clock)
    {
        (Endpoint, Clock) = (endpoint, clock);
        _pipeline = HttpPipelineBuilder.Build(new Options(new HttpClientTransport(client)), new BearerTokenAuthenticationPolicy(credential, endpoint.Scope));
    }

    public ArmEndpoint Endpoint { get; }

    public TimeProvider Clock { get; }

    /// <summary>Whether it asks with a person's own rights, not by the dashboard's identity.</summary>
    public bool IsPersons { get; init; }

    /// <summary>Whether what is sent by POST changes nothing: then it is tried again, too.</summary>
    public bool MayRepeatPosts { get; init; }

    /// <summary>The answer, whose status is 200 to 299.</summary>
    /// <param name="address">Of this endpoint's own host, as <see cref="ArmEndpoint"/> makes it.</param>
    /// <param name="body">Null for none.</param>
    /// <exception cref="ArmException">Any other end.</exception>
    public async Task<ArmAnswer> SendAsync(RequestMethod method, Uri address, object? body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(method, address, body, cancellationToken);
            }
            catch (ArmException exception) when (attempt < Attempts && IsWorthRetrying(exception, method) && Pause(exception, attempt) is var pause && pause <= LongestPause)
            {
                await Task.Delay(pause, Clock, cancellationToken);
            }
        }
    }

    /// <summary>A resource, or null where there is none.</summary>
    /// <exception cref="ArmException">Any other end.</exception>
    public async Task<JsonElement?> FindAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(RequestMethod.Get, address, null, cancellationToken)).Body;
        }
        catch (ArmException exception) when (exception.Error == ArmError.NotFound && exception.Code is not ("SubscriptionNotFound" or "ResourceGroupNotFound"))
        {
            return null;
        }
    }

    private async Task<ArmAnswer> SendOnceAsync(RequestMethod method, Uri address, object? body, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.BufferResponse = false;
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add("Accept", "application/json");
        if (body is not null)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(BinaryData.FromObjectAsJson(body));
        }

        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
            var response = message.Response;
            var content = await ReadAsync(response, cancellationToken);
            return response.Status is >= 200 and < 300 ? ArmAnswer.Read(response, Parse(content)) : throw Refusal(response, content);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArmException(ArmError.Unreachable, $"{Endpoint.Address.Host} did not answer in time.", exception);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new ArmException(ArmError.NoIdentity, $"The dashboard's Azure identity can't be used: {DisplayText.Sanitise(exception.Message, 500)}", exception);
        }
        catch (Exception exception) when (exception is RequestFailedException or HttpRequestException or IOException)
        {
            throw Explain(exception);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(Response response, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; response.ContentStream is { } stream && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (whole.Length + read > MaxBytes)
            {
                throw new ArmException(ArmError.TooLarge, $"{Endpoint.Address.Host} sent an answer of more than {MaxBytes} bytes.");
            }

            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }

    private JsonElement Parse(ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty)
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(content, Shallow);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ArmException(ArmError.BadResponse, $"{Endpoint.Address.Host} sent an answer that is no JSON.", exception);
        }
    }

    private ArmException Refusal(Response response, ReadOnlyMemory<byte> content)
    {
        ArmFault fault;
        try
        {
            fault = ArmFault.Read(Parse(content));
        }
        catch (ArmException)
        {
            fault = new ArmFault("", "");
        }

        // Azure says by a code what it does not have. What a proxy or a gateway does not find tells nothing, least of all that a resource is gone.
        var isAzures = fault.Code.Length > 0;

        var said = fault.Message.Length > 0 ? $" It said: {fault.Message}" : "";
        var (error, message) = response.Status switch
        {
            401 => (ArmError.Unauthorized, IsPersons ? "Azure does not accept your consent (401)." : "Azure does not accept the dashboard's identity (401)."),
            403 => (ArmError.Forbidden, IsPersons ? "You may not do this in Azure (403)." : "The dashboard's identity may not do this (403)."),
            404 when isAzures => (ArmError.NotFound, "Azure does not have it (404)."),
            409 => (ArmError.Conflict, "Azure can't do this at the moment (409)."),
            429 => (ArmError.Throttled, "Azure limits requests (429)."),
            408 or >= 500 => (ArmError.ServerError, $"Azure has a fault of its own ({response.Status})."),
            400 or 405 or 412 or 422 => (ArmError.Refused, $"Azure refused ({response.Status})."),
            _ => (ArmError.BadResponse, $"{Endpoint.Address.Host} answered {response.Status}, which was not expected."),
        };
        return new ArmException(error, message + said) { Code = fault.Code, RetryAfter = ArmAnswer.RetryAfterOf(response), IsPersons = IsPersons };
    }

    private ArmException Explain(Exception exception) => (exception as HttpRequestException ?? exception.InnerException as HttpRequestException) switch
    {
        { InnerException: OutboundException refused } => new(ArmError.UntrustedAddress, refused.Message, exception),
        { InnerException: AuthenticationException } or { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new(ArmError.Unreachable, $"{Endpoint.Address.Host} could not be reached securely: its certificate is not trusted, or it does not speak TLS.", exception),
        { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } =>
            new(ArmError.Unreachable, $"There is no host {Endpoint.Address.Host}.", exception),
        { HttpRequestError: HttpRequestError.ConnectionError } => new(ArmError.Unreachable, $"{Endpoint.Address.Host} does not accept connections.", exception),
        _ => new(ArmError.Unreachable, $"{Endpoint.Address.Host} closed the connection in the middle of an answer.", exception),
    };

    // What was throttled was not begun. Of the rest only calls that may come twice.
    private bool IsWorthRetrying(ArmException exception, RequestMethod method) => exception.Error == ArmError.Throttled
        || ((MayRepeatPosts || method != RequestMethod.Post) && exception.Error is ArmError.ServerError or ArmError.Unreachable);

    private static TimeSpan Pause(ArmException exception, int attempt) => exception.RetryAfter ?? TimeSpan.FromSeconds(1 << (attempt - 1));

    // Its own retries would sleep by the machine's clock; its logs would name addresses.
    private sealed class Options : ClientOptions
    {
        public Options(HttpPipelineTransport transport)
        {
            Transport = transport;
            Retry.MaxRetries = 0;
            Retry.NetworkTimeout = LongestSilence;
            Diagnostics.IsLoggingEnabled = false;
            Diagnostics.IsDistributedTracingEnabled = false;
            Diagnostics.IsTelemetryEnabled = false;
        }
    }
}
