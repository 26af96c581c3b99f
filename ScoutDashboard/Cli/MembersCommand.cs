using System.CommandLine;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Cli;

/// <summary><c>members administrator NAME</c> and <c>members second-step-off NAME</c>: the ways in for whoever has the machine, also while the dashboard runs.</summary>
internal static class MembersCommand
{
    private static readonly Argument<string> Person = new("NAME") { Description = "For whom the link is; the account's name is chosen by whoever opens it" };
    private static readonly Argument<string> Member = new("NAME") { Description = "The name by which the member signs in" };

    /// <param name="databasePath">Where the dashboard's database would be.</param>
    public static Command Create(Func<IConfiguration, string> databasePath)
    {
        var administrator = new Command("administrator", "Prints a link that makes one more administrator; it works once, for an hour.") { Person };
        administrator.SetAction((arguments, cancellationToken) => VerbDatabase.UseAsync(databasePath, Console.Error, (db, configuration) => InviteAsync(db, configuration, arguments.GetRequiredValue(Person), cancellationToken), cancellationToken));
        var secondStep = new Command("second-step-off", "Takes the second step off a member who lost phone and recovery codes, and signs them out everywhere.") { Member };
        secondStep.SetAction((arguments, cancellationToken) => VerbDatabase.UseAsync(databasePath, Console.Error, (db, _) => TakeSecondStepAsync(db, arguments.GetRequiredValue(Member), cancellationToken), cancellationToken));
        return new Command("members", "Lets somebody in where no administrator can. Both are noted in the audit log.") { administrator, secondStep };
    }

    private static async Task<int> InviteAsync(ScoutDb db, IConfiguration configuration, string note, CancellationToken cancellationToken)
    {
        if (!SingleSignOnOptions.Read(configuration).LocalSignIn)
        {
            return await FailAsync("Passwords are switched off, so that a new account could not sign in. Set OpenIdConnect__LocalSignIn=true for the dashboard and this command, then run it again.");
        }

        var address = configuration["Scout:PublicUrl"]?.Trim() is { Length: > 0 } known ? known : (OwnAddress.Of(configuration)?.ToString() ?? OwnAddress.Default);
        if (await MemberRescue.InviteAdministratorAsync(db, note, DateTime.UtcNow, cancellationToken) is not { } path)
        {
            return await FailAsync("The dashboard was not set up yet: start it, and open the link that it prints.");
        }

        Console.WriteLine($"Open {address.TrimEnd('/')}{path}");
        return ExitCode.Good;
    }

    private static async Task<int> TakeSecondStepAsync(ScoutDb db, string name, CancellationToken cancellationToken)
    {
        switch (await MemberRescue.TakeSecondStepAsync(db, name, DateTime.UtcNow, cancellationToken))
        {
            case RescueOutcome.NoMember:
                return await FailAsync($"There is no member {DisplayText.Sanitise(name, 100)}.");
            case RescueOutcome.NotOn:
                return await FailAsync($"{DisplayText.Sanitise(name, 100)} has no second step.");
            default:
                Console.WriteLine($"{DisplayText.Sanitise(name, 100)} signs in by the password alone now, and was signed out everywhere.");
                return ExitCode.Good;
        }
    }

    private static Task<int> FailAsync(string reason) => VerbDatabase.FailAsync(Console.Error, reason);
}
