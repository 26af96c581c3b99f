using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ScoutDashboard.Access;

/// <summary>Tells the person at the console where the dashboard is, and on the first run how to get in.</summary>
public sealed class ConsoleGreeting(IServer server, SetupService setup, SetupLink link) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Once everything has started, so that the address is known and the link works when it is read.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = Reachable(server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault());
        if (await setup.IsNeededAsync(cancellationToken))
        {
            await Console.Out.WriteLineAsync("ScoutDashboard is ready. This link makes the first account; it works once:");
            await Console.Out.WriteLineAsync($"Open {address}{link.Path}");
        }
        else
        {
            await Console.Out.WriteLineAsync($"ScoutDashboard is ready: {address}");
        }

        await Console.Out.FlushAsync(cancellationToken);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>An address that a browser on this machine can open; "any address" is not one.</summary>
    internal static string Reachable(string? address) => (address ?? "http://localhost").TrimEnd('/')
        .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://[::]", "://localhost", StringComparison.Ordinal)
        .Replace("://+", "://localhost", StringComparison.Ordinal)
        .Replace("://*", "://localhost", StringComparison.Ordinal);
}
