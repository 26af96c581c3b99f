using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>Healthy while the data folder has space left.</summary>
public sealed class SpaceHealth(DataFolder folder, HealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long free;
        try
        {
            free = folder.FreeBytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The data folder's free space can't be told; the server's log says why.", exception));
        }

        var text = $"{ByteText.Of(free)} are free for the data folder";
        return Task.FromResult(
            free < options.MinimumFreeBytes ? HealthCheckResult.Unhealthy($"Only {text}; at least {ByteText.Of(options.MinimumFreeBytes)} are needed.")
            : free < options.LowFreeBytes ? HealthCheckResult.Degraded($"Only {text}.")
            : HealthCheckResult.Healthy($"{text}."));
    }
}
