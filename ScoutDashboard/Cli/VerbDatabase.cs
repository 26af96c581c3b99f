using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary>Opens the dashboard's database for a verb, also while the dashboard runs; where that can't be, it says why.</summary>
internal static class VerbDatabase
{
    /// <param name="databasePath">Where the dashboard's database would be.</param>
    public static async Task<int> UseAsync(Func<IConfiguration, string> databasePath, TextWriter error, Func<ScoutDb, IConfiguration, Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = VerbConfiguration.Read();
            var database = databasePath(configuration);
            if (!File.Exists(database))
            {
                return await FailAsync(error, $"There is no database {DisplayText.Sanitise(database)}: set Scout__DataDirectory as for the dashboard.");
            }

            await using var db = DataServices.Open(database);
            return await DataServices.IsCurrentAsync(db, cancellationToken) ? await work(db, configuration) : await FailAsync(error, "The database has another version's schema: start the dashboard of this version once.");
        }
        catch (Exception exception) when (IsFault(exception))
        {
            return await FailAsync(error, ReasonOf(exception));
        }
    }

    /// <summary>Whether it is the database's or its file's, or the configuration's.</summary>
    public static bool IsFault(Exception exception) => exception is DbException or DbUpdateException or IOException or UnauthorizedAccessException or FormatException;

    public static string ReasonOf(Exception exception) => DisplayText.Sanitise(exception.InnerException?.Message ?? exception.Message);

    /// <summary>Says why there is no result.</summary>
    public static async Task<int> FailAsync(TextWriter error, string reason)
    {
        await error.WriteLineAsync(reason);
        return ExitCode.Failed;
    }
}
