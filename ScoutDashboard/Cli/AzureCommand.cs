using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Cli;

/// <summary><c>azure connect REGISTRY</c>, <c>azure rotate</c>, <c>azure status</c> and <c>azure remove REGISTRY</c>: what the wizard and the page of integrations do in Azure, from a shell.</summary>
internal sealed class AzureCommand(Func<IConfiguration, string> databasePath, Func<IConfiguration, IServiceProvider> services, ShellConsole console)
{
    public const string Name = "azure";
    private const int UsualDays = 365;
    private const int MostDays = 3650;
    private const int Never = 0;
    private const string Codes = "Exit code 0: done; 1: wrong usage, or nothing was done; 3: Azure refused or failed something, what was done stays.";

    private readonly Argument<string> _registry = new("REGISTRY") { Description = "The registry's hostname, or its name in Azure" };
    private readonly Option<bool> _whatIf = new("--what-if") { Description = "Tells what would be done, and does nothing" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Does not ask" };
    private readonly Option<bool> _erase = new("--erase-results") { Description = "Also erases the registry's images and findings here" };

    private readonly Option<string[]> _hosts = new("--also")
    {
        Description = "Also deletes what sends the registry's events to this host, which is not the dashboard's; may be given several times", HelpName = "HOST",
    };

    private readonly Option<int> _expires = new("--expires")
    {
        Description = $"For how many days the token's password works, or never; {UsualDays} unless given", HelpName = "DAYS|never", CustomParser = ReadDays, DefaultValueFactory = _ => UsualDays,
    };

    private readonly Argument<string?> _rotated = new("REGISTRY") { Description = "The registry's hostname, or its name in Azure; without one, what is due at all of them", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _lasts = new("--expires") { Description = "For how many days the new password works; as long as the one before unless given", HelpName = "DAYS", CustomParser = ReadLife };
    private readonly Option<string?> _stored = new("--stored") { Description = "Which of the token's two passwords the dashboard has, where it can't tell", HelpName = $"{PasswordChoice.First}|{PasswordChoice.Second}" };
    private readonly Option<bool> _passwordless = new("--passwordless") { Description = "Signs in to the registry by the dashboard's own identity, which needs AcrPull there, in place of a token: makes no password, and erases one that is stored" };

    private readonly Option<bool> _token = new("--token") { Description = "Signs in by a token again where the dashboard's own identity does: makes a password, tests it first, and switches only then" };

    public static Command Create(Func<IConfiguration, string> databasePath, Func<IConfiguration, IServiceProvider> services, ShellConsole console) => new AzureCommand(databasePath, services, console).Create();

    private Command Create()
    {
        var connect = new Command("connect", $"Deploys what an integration needs in Azure, makes the token's password, tests it and stores it. May be repeated. {Codes}") { _registry, _whatIf, _yes, _expires, _passwordless, _token };
        connect.Validators.Add(CheckPassword);
        connect.SetAction((arguments, cancellationToken) => RunAsync(
            shell => new AzureConnect(shell).RunAsync(arguments.GetRequiredValue(_registry), arguments.GetValue(_whatIf), arguments.GetValue(_yes),
                new PasswordWish(arguments.GetValue(_passwordless), arguments.GetValue(_token), arguments.GetValue(_expires) is var days and not Never ? days : null), cancellationToken), cancellationToken));
        _stored.AcceptOnlyFromAmong(PasswordChoice.First, PasswordChoice.Second);
        var rotate = new Command("rotate", $"Makes the token's other password, tests it and stores it; the one before works for another day. Without a registry, does what the dashboard does hourly: rotates where the day has come, and ends passwords that were replaced. {Codes}") { _rotated, _lasts, _stored };
        rotate.Validators.Add(CheckRotation);
        rotate.SetAction((arguments, cancellationToken) => RunAsync(
            shell => new AzureRotate(shell).RunAsync(arguments.GetValue(_rotated), arguments.GetValue(_lasts), arguments.GetValue(_stored), cancellationToken), cancellationToken));
        var status = new Command("status", "Tells each integration's state, its token's end, what of it lies in Azure, and what there is not as the template makes it. Exit code 0: all is as it should be; 3: something is not, or could not be asked for; 1: no answer.");
        status.SetAction((_, cancellationToken) => RunAsync(shell => new AzureStatus(shell).RunAsync(cancellationToken), cancellationToken));
        var remove = new Command("remove", $"Removes a registry here, and deletes in Azure what its integration made. May be repeated. {Codes}") { _registry, _whatIf, _yes, _hosts, _erase };
        remove.SetAction((arguments, cancellationToken) => RunAsync(
            shell => new AzureRemove(shell).RunAsync(
                arguments.GetRequiredValue(_registry), arguments.GetValue(_whatIf), arguments.GetValue(_yes), arguments.GetValue(_hosts) ?? [], arguments.GetValue(_erase), cancellationToken), cancellationToken));
        return new Command(Name, "Connects and removes registries, and rotates their tokens, by the dashboard's identity in Azure, also while the dashboard runs. It is noted in the audit log.") { connect, rotate, status, remove };
    }

    private Task<int> RunAsync(Func<AzureShell, Task<int>> verb, CancellationToken cancellationToken) => VerbDatabase.UseAsync(databasePath, console.Error, async (db, configuration) =>
    {
        if (await db.Organizations.OrderBy(o => o.Id).Select(o => (int?)o.Id).FirstOrDefaultAsync(cancellationToken) is not { } organization)
        {
            return await VerbDatabase.FailAsync(console.Error, "The dashboard was not set up yet: start it, and open the link that it prints.");
        }

        AzureShell? shell = null;
        await using var stopping = cancellationToken.Register(() =>
        {
            if (shell is { HasBegun: true })
            {
                console.Error.WriteLine("Stopping. What Azure was asked for is waited for, a minute at most.");
            }
        });
        try
        {
            shell = new AzureShell(services(configuration), Actor.FromShell(organization), console);
            return await verb(shell);
        }
        catch (Exception exception) when (shell is { HasBegun: true } && VerbDatabase.IsFault(exception))
        {
            return await shell.RefuseAsync(VerbDatabase.ReasonOf(exception), "What was done stays. Run again, it goes on from here.");
        }
        catch (StartupException exception)
        {
            return await VerbDatabase.FailAsync(console.Error, exception.Message);
        }
        catch (OperationCanceledException)
        {
            await console.Error.WriteLineAsync(shell is { HasBegun: true } ? "Stopped. Run again, it goes on from here." : "Stopped. Nothing was changed.");
            return ExitCode.Stopped;
        }
    }, cancellationToken);

    private void CheckPassword(CommandResult result)
    {
        if (result.GetValue(_passwordless) && result.GetResult(_expires) is { Implicit: false })
        {
            result.AddError("--passwordless makes no password that could have --expires.");
        }

        if (result.GetValue(_passwordless) && result.GetValue(_token))
        {
            result.AddError("--passwordless and --token can't both be.");
        }
    }

    private void CheckRotation(CommandResult result)
    {
        if (result.GetValue(_rotated) is null && (result.GetResult(_lasts) is not null || result.GetResult(_stored) is not null))
        {
            result.AddError("--expires and --stored are of one registry: name it.");
        }
    }

    private static int? ReadLife(ArgumentResult result)
    {
        if (TryReadDays(result.Tokens[0].Value) is { } days)
        {
            return days;
        }

        result.AddError($"{DisplayText.Sanitise(result.Tokens[0].Value, 60)} is no number of days from 1 to {MostDays}.");
        return null;
    }

    private static int ReadDays(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Equals("never", StringComparison.OrdinalIgnoreCase))
        {
            return Never;
        }

        if (TryReadDays(text) is { } days)
        {
            return days;
        }

        result.AddError($"{DisplayText.Sanitise(text, 60)} is no number of days from 1 to {MostDays}, nor never.");
        return Never;
    }

    private static int? TryReadDays(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MostDays ? days : null;
}
