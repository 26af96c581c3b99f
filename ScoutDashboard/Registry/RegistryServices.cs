using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Registry;

/// <summary>Registers the registry client.</summary>
public static class RegistryServices
{
    // A person or a job waits: whoever asks for more patience than this is reported, and the job tries later.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(18);

    public static IServiceCollection AddScoutRegistry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoutOutbound(configuration);
        services.AddSingleton(RegistryOptions.Read(configuration));
        services.AddSingleton(ManifestLimits.Read(configuration));
        services.AddSingleton<HostRules>();
        services.AddSingleton<RegistryHttp>();
        services.AddSingleton<IdentityExchange>();
        services.AddSingleton<TokenSource>();
        services.AddSingleton<RegistrySession>();
        services.AddSingleton<RegistryLists>();
        services.AddSingleton<BlobOpener>();
        services.AddSingleton<RegistryClient>();
        services.AddHttpClient(RegistryHttp.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => new OutboundHandler(provider.GetRequiredService<OutboundNetwork>(), provider.GetRequiredService<HostRules>().Outbound))
            .RemoveAllLoggers() // Addresses of storage redirects carry signatures.
            // Until the headers are there; a blob's body has its own limits.
            .AddResilienceHandler("registry", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(300),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(IsWorthRetrying(arguments.Outcome)),
            }).AddTimeout(LongestAttempt));
        return services;
    }

    private static bool IsWorthRetrying(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result: { } response } => ((int)response.StatusCode == 429 || (int)response.StatusCode is 500 or 502 or 503 or 504)
            && (ErrorReader.RetryAfter(response) ?? TimeSpan.Zero) <= LongestPause,
        { Exception: TimeoutRejectedException } => true,
        { Exception: HttpRequestException exception } => RegistryHttp.IsBrokenOff(exception),
        _ => false,
    };
}
