using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Repositories;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Support;
using ScoutDashboard.Webhook;

namespace ScoutDashboard.Tests.Operations;

/// <summary>What runs by itself: of one that is not registered nobody hears anything.</summary>
public sealed class BackgroundServicesTests
{
    private static readonly string[] Expected =
    [
        nameof(AdvisoryRefresher), nameof(AzureWorker), nameof(ConsoleGreeting), nameof(EventWriter), nameof(ExceptionWorker), nameof(JobWorker), nameof(PasswordSessionEnd), nameof(ReconcileWorker),
        nameof(RematchWorker), nameof(RetentionWorker),
    ];

    [Fact]
    public async Task TheApplicationRunsAllThatThereAreEachOnce()
    {
        await using var app = new ScoutApp();

        Assert.Equal(Expected, app.Services.GetServices<IHostedService>().Select(service => service.GetType()).Where(type => type.Assembly == typeof(ScoutDb).Assembly).Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Expected, typeof(ScoutDb).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IHostedService))).Select(type => type.Name).Order(StringComparer.Ordinal));
    }
}
