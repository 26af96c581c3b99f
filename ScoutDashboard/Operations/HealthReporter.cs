using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ScoutDashboard.Operations;

/// <summary>Runs the health checks, at most once in two seconds however many ask: strangers may, and one of the checks takes the database's lock.</summary>
public sealed class HealthReporter(HealthCheckService checks, TimeProvider clock, ILogger<HealthReporter> logger) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private HealthSummary? _newest;

    public async Task<HealthSummary> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (_newest is null || now - _newest.At >= Fresh || now < _newest.At)
            {
                // Whoever asks and hangs up leaves the answer for the next; each check has a limit of its own.
                var report = await checks.CheckHealthAsync(CancellationToken.None);
                LogFailures(report);
                _newest = new HealthSummary(now, report.Status, [.. report.Entries.Select(entry => new HealthLine(entry.Key, entry.Value.Status, ReasonOf(entry.Value)))]);
            }

            return _newest;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    // Once, and not with each probe.
    private void LogFailures(HealthReport report)
    {
        foreach (var (name, entry) in report.Entries.Where(entry => entry.Value.Exception is not null && ReasonOf(entry.Value) != _newest?.Checks.FirstOrDefault(line => line.Name == entry.Key)?.Reason))
        {
            logger.LogError(entry.Exception, "The health check {Name} failed.", name);
        }
    }

    // Where a check throws, its description is the exception's message, which may name paths.
    private static string ReasonOf(HealthReportEntry entry) =>
        entry.Description is null || entry.Description == entry.Exception?.Message ? "The check itself failed; the server's log says why." : entry.Description;
}

/// <summary>How the dashboard is.</summary>
/// <param name="At">When the checks ran, UTC.</param>
public sealed record HealthSummary(DateTime At, HealthStatus Status, IReadOnlyList<HealthLine> Checks);

/// <summary>What one check says; free of secrets and paths.</summary>
public sealed record HealthLine(string Name, HealthStatus Status, string Reason);
