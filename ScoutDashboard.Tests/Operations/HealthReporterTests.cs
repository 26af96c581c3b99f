using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed class HealthReporterTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TextLog _log = new();
    private readonly ILoggerFactory _logging;

    public HealthReporterTests() => _logging = LoggerFactory.Create(logging => logging.AddProvider(_log));

    public void Dispose()
    {
        _logging.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task WhoAsksAndHangsUpLeavesTheAnswerForTheNext()
    {
        var checks = new OneAtATime();
        using var reporter = new HealthReporter(checks, _clock, _logging.CreateLogger<HealthReporter>());
        using var caller = new CancellationTokenSource();
        var first = reporter.GetAsync(caller.Token);
        await caller.CancelAsync();
        var second = reporter.GetAsync(CancellationToken.None);
        checks.Answer.SetResult(Report(null));

        Assert.Same(await first, await second);
        Assert.Equal(1, checks.Runs);
    }

    [Fact]
    public async Task ACheckThatThrowsIsLoggedOnceUntilItAnswersAgain()
    {
        var checks = new OneAtATime();
        using var reporter = new HealthReporter(checks, _clock, _logging.CreateLogger<HealthReporter>());
        foreach (var failure in new[] { new IOException("/secret/path"), new IOException("/secret/path"), null, new IOException("/secret/path") })
        {
            checks.Answer = new TaskCompletionSource<HealthReport>();
            checks.Answer.SetResult(Report(failure));
            var told = await reporter.GetAsync(CancellationToken.None);
            Assert.DoesNotContain("/secret/path", told.Checks[0].Reason, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(2, _log.Lines.Count(line => line.Contains("/secret/path", StringComparison.Ordinal)));
    }

    private static HealthReport Report(Exception? failure) => new(
        new Dictionary<string, HealthReportEntry> { ["space"] = new(failure is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, failure?.Message ?? "There is space.", TimeSpan.Zero, failure, null) }, TimeSpan.Zero);

    private sealed class OneAtATime : HealthCheckService
    {
        public TaskCompletionSource<HealthReport> Answer { get; set; } = new();

        public int Runs { get; private set; }

        public override Task<HealthReport> CheckHealthAsync(Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
        {
            Runs++;
            return Answer.Task.WaitAsync(cancellationToken);
        }
    }
}
