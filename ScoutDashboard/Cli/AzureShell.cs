using ScoutDashboard.Images;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Cli;

/// <summary>What the verbs of Azure share: the dashboard's services, in whose name they are asked, and how a person is told and asked.</summary>
internal sealed record AzureShell(IServiceProvider Services, Actor Actor, ShellConsole Console)
{
    public const string NoIdentity = "The dashboard has no identity in Azure: set Azure__Identity as for the dashboard.";

    /// <summary>Whether something was done that stays, whatever fails from now on.</summary>
    public bool HasBegun { get; set; }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A line for who looks on.</summary>
    public Task TellAsync(string line) => Console.Error.WriteLineAsync(DisplayText.Sanitise(line, 2000));

    /// <summary>A line of the result.</summary>
    public Task WriteAsync(string line) => Console.Output.WriteLineAsync(DisplayText.Sanitise(line, 2000));

    /// <summary>Why nothing was done.</summary>
    public async Task<int> FailAsync(string reason)
    {
        await TellAsync(reason);
        return ExitCode.Failed;
    }

    /// <summary>What Azure did not do, and what to do about it.</summary>
    public async Task<int> RefuseAsync(string message, string remedy)
    {
        await TellAsync($"{message} {remedy}".TrimEnd());
        return ExitCode.Incomplete;
    }

    /// <summary>Tells each step of a test as it ended; whether none failed.</summary>
    /// <param name="seen">Gets them all.</param>
    public async Task<bool> PassesAsync(IAsyncEnumerable<ConnectionStep> steps, List<ConnectionStep>? seen = null)
    {
        var passes = true;
        await foreach (var step in steps)
        {
            passes &= step.State != ConnectionStepState.Failed;
            seen?.Add(step);
            if (step.State != ConnectionStepState.Running)
            {
                await TellAsync($"{step.Stage}: {step.State}. {step.Detail} {step.Remedy}".TrimEnd());
                foreach (var line in step.Commands.SelectMany(command => command.Text.Split('\n')))
                {
                    await TellAsync($"  {line}");
                }
            }
        }

        return passes;
    }

    /// <summary>Whether a person types what is asked for.</summary>
    public async Task<bool> AskAsync(string question, string expected, CancellationToken cancellationToken)
    {
        await Console.Error.WriteAsync($"{question} ");
        try
        {
            // Nothing ends the read itself.
            if ((await Console.Input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken))?.Trim().Equals(expected, StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            // What is said next begins a line of its own.
            await Console.Error.WriteLineAsync();
            throw;
        }

        await TellAsync("That was not it: nothing was done. --yes does not ask.");
        return false;
    }

    public static string NameOf(AzureResource resource) => $"{WordOf(resource.Kind)} {resource.Name}";

    /// <summary>Whether a text names a registry by its hostname or its name in Azure.</summary>
    public static bool IsNamed(string text, string hostname) =>
        hostname.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase) || (RegistryHostname.TryParse(hostname, [], out var host) && host.RegistryName.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));

    private static string WordOf(AzureResourceKind kind) => kind switch
    {
        AzureResourceKind.SystemTopic => "system topic",
        AzureResourceKind.EventSubscription => "event subscription",
        AzureResourceKind.Token => "token",
        _ => "resource",
    };
}
