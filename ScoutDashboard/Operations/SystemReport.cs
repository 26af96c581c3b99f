using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Retention;

namespace ScoutDashboard.Operations;

/// <summary>Tells an administrator how the dashboard itself does.</summary>
public sealed class SystemReport(IDbContextFactory<ScoutDb> databases, HealthReporter health, FeedList feeds, SystemFacts facts)
{
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<SystemView> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, facts.Clock, cancellationToken);
        var needed = (await feeds.GetAsync(cancellationToken)).Feeds.Where(feed => feed.IsNeeded).ToList();
        return new SystemView(
            await health.GetAsync(cancellationToken),
            new SystemVersions(ProgramVersion.Text, (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).LastOrDefault() ?? "", RuntimeInformation.FrameworkDescription, new SqliteConnection().ServerVersion, RuntimeInformation.OSDescription),
            facts.ReadSpace(),
            await QueueFigures.ReadAsync(db, facts.Now, cancellationToken),
            facts.Jobs.Workers,
            new FeedFigures(needed.Count, needed.Count(feed => feed.State.Status == FeedStatus.Failing), needed.Count(feed => feed.IsStale), needed.Min(feed => feed.State.LastSuccessAt)),
            await db.Audit.Where(e => e.OrganizationId == actor.OrganizationId && e.Action == AuditAction.BackedUp).OrderByDescending(e => e.At).Select(e => new LastBackup(e.At, e.Subject, e.Detail)).FirstOrDefaultAsync(cancellationToken),
            facts.Settings.Warnings)
        {
            Retention = await RetentionAsync(db, cancellationToken),
            Work = facts.Work,
            Findings = await db.Snapshots.Where(s => s.OrganizationId == actor.OrganizationId).OrderByDescending(s => s.Day)
                .Select(s => (int?)(s.Critical + s.High + s.Medium + s.Low + s.Unknown)).FirstOrDefaultAsync(cancellationToken),
        };
    }

    private async Task<RetentionFigures> RetentionAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        var last = await db.RetentionRuns.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return new RetentionFigures(last, last?.EndedAt + facts.Retention.Interval, await db.SizeAsync(cancellationToken));
    }
}

/// <summary>What the page shows that is in no database.</summary>
public sealed class SystemFacts(DataFolder folder, SettingReport settings, JobOptions jobs, RetentionOptions retention, TimeProvider clock)
{
    public TimeProvider Clock => clock;

    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    public SettingReport Settings => settings;

    public JobOptions Jobs => jobs;

    public RetentionOptions Retention => retention;

    public WorkFigures Work => ScoutTelemetry.Tally.Read();

    public SpaceFigures ReadSpace()
    {
        try
        {
            // Two levels: the database with its log, and the keys.
            var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };
            return new SpaceFigures(folder.Path, new DirectoryInfo(folder.Path).EnumerateFiles("*", options).Sum(file => file.Length), folder.FreeBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SpaceFigures(folder.Path, null, null);
        }
    }
}

/// <summary>How the dashboard does.</summary>
/// <param name="Workers">Analyses that can run at the same time.</param>
/// <param name="LastBackup">Null where none is noted.</param>
/// <param name="Warnings">Settings that nobody reads.</param>
public sealed record SystemView(
    HealthSummary Health, SystemVersions Versions, SpaceFigures Space, QueueFigures Queue, int Workers, FeedFigures Feeds, LastBackup? LastBackup, IReadOnlyList<string> Warnings)
{
    public required RetentionFigures Retention { get; init; }

    /// <summary>What this process did since its start.</summary>
    public required WorkFigures Work { get; init; }

    /// <summary>Findings of the latest images, as the overview counts them; null before they were counted.</summary>
    public int? Findings { get; init; }
}

/// <summary>What nobody needs any more and was removed.</summary>
/// <param name="Last">Null before the first run.</param>
/// <param name="NextAt">UTC; null before the first run, which comes soon after the start.</param>
/// <param name="Database">Its size now.</param>
public sealed record RetentionFigures(RetentionRun? Last, DateTime? NextAt, DatabaseSize Database);

/// <param name="Schema">The newest migration of the database.</param>
public sealed record SystemVersions(string Program, string Schema, string Runtime, string Sqlite, string OperatingSystem);

/// <summary>Bytes of the data folder; null where the file system does not tell.</summary>
public sealed record SpaceFigures(string Folder, long? Used, long? Free);

/// <summary>The feeds that what is installed needs.</summary>
/// <param name="Oldest">When the one was loaded, UTC, that was loaded longest ago; null where none was.</param>
public sealed record FeedFigures(int Needed, int Failing, int Stale, DateTime? Oldest);

/// <param name="At">UTC.</param>
/// <param name="File">Its name, without its folder.</param>
/// <param name="Detail">With or without keys.</param>
public sealed record LastBackup(DateTime At, string File, string Detail);
