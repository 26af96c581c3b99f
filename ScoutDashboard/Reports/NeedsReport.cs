using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>What waits for a person, most harmful first. Nothing is left out: where each thing by itself would be too many lines, those of a kind share one.</summary>
public sealed class NeedsReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private static readonly TimeSpan Overdue = TimeSpan.FromDays(1);

    /// <summary>How many lines a list shows at once; more than these come only when more kinds than these wait.</summary>
    public const int Shown = 7;

    private const int Named = 5;

    public async Task<IReadOnlyList<Need>> ListAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var integrations = await db.Integrations
            .Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.State != IntegrationState.Connected)
            .OrderBy(i => i.Hostname).Select(i => new { i.Id, i.Hostname, i.State, i.StateReason }).ToListAsync(cancellationToken);
        var today = DateOnly.FromDateTime(now);
        var warned = today.AddDays(Integration.TokenWarningDays);
        var tokens = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.TokenExpiresOn <= warned)
            .OrderBy(i => i.TokenExpiresOn).ThenBy(i => i.Id).Select(i => new { i.Id, i.Hostname, i.TokenExpiresOn }).ToListAsync(cancellationToken);
        var rotations = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.RotationFailure != null)
            .OrderBy(i => i.TokenExpiresOn ?? DateOnly.MaxValue).ThenBy(i => i.Id).Select(i => new { i.Id, i.Hostname, i.RotationFailure, i.RotationRemedy }).ToListAsync(cancellationToken);
        var alive = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.OldPasswordFailure != null)
            .OrderBy(i => i.Hostname).Select(i => new { i.Id, i.Hostname, i.OldPasswordFailure, i.OldPasswordRemedy }).ToListAsync(cancellationToken);
        var watched = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.AzureSubscription != null && (i.Differences != "" || i.WatchFailure != null))
            .OrderBy(i => i.Differences == "").ThenBy(i => i.Hostname).Select(i => new { i.Id, i.Hostname, i.Differences, i.WatchFailure, i.WatchRemedy }).ToListAsync(cancellationToken);
        var cleanup = await db.CleanupTasks.Where(t => t.OrganizationId == organizationId && t.DoneAt == null)
            .OrderBy(t => t.Id).Select(t => new { t.Hostname, t.ResourceName }).ToListAsync(cancellationToken);
        var failed = await LatestImages.Repositories(db, organizationId).CountAsync(
            r => db.Jobs.Where(j => j.RepositoryId == r.Id && (j.State == JobState.Failed || j.State == JobState.Succeeded))
                .OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id).Select(j => (JobState?)j.State).FirstOrDefault() == JobState.Failed,
            cancellationToken);
        var overdue = now - Overdue;
        // One that nothing installed needs rests.
        var feeds = await db.Feeds.Where(f => (f.Status == FeedStatus.Failing || f.NextRunAt < overdue)
                && db.MatchableComponents.Any(c => f.Covers == null ? c.EcosystemBase != "" : c.EcosystemBase == f.Covers))
            .OrderBy(f => f.Key).Select(f => new { f.Key, f.Status, f.LastError, f.LastSuccessAt }).ToListAsync(cancellationToken);
        var expiring = await db.Exceptions.Where(e => e.OrganizationId == organizationId).In(ExceptionState.Expiring, now).GroupBy(_ => 1).Select(g => new { Count = g.Count(), First = g.Min(e => e.ExpiresAt) }).SingleOrDefaultAsync(cancellationToken);
        var unmatched = await LatestImages.Of(db, organizationId).Where(i => i.Unmatched != "").Select(i => i.Unmatched).ToListAsync(cancellationToken);

        List<Need> needs =
        [
            .. integrations.Where(i => i.State == IntegrationState.Error)
                .Select(i => Need.Of(NeedKind.IntegrationError, i.Hostname, i.StateReason, Page(i.Id))),
            .. tokens.Where(i => i.TokenExpiresOn < today).Select(i => Need.Of(NeedKind.ExpiredToken, i.Hostname, Day(i.TokenExpiresOn), Page(i.Id))),
            .. watched.Where(i => i.Differences != "").Select(i => Need.Of(NeedKind.ChangedInAzure, i.Hostname, null, Page(i.Id))),
            .. rotations.Select(i => Need.Of(NeedKind.FailedRotation, i.Hostname, $"{i.RotationFailure} {i.RotationRemedy}".TrimEnd(), Page(i.Id))),
            .. tokens.Where(i => i.TokenExpiresOn >= today).Select(i => Need.Of(NeedKind.ExpiringToken, i.Hostname, Day(i.TokenExpiresOn), Page(i.Id))),
            .. expiring is null ? Array.Empty<Need>() : [new Need(NeedKind.ExpiringExceptions, expiring.Count, null, Day(ExceptionWords.LastDay(expiring.First!.Value)), "/exceptions?state=Expiring")],
            .. alive.Select(i => Need.Of(NeedKind.OldPasswordWorks, i.Hostname, $"{i.OldPasswordFailure} {i.OldPasswordRemedy}".TrimEnd(), Page(i.Id))),
            .. failed == 0 ? Array.Empty<Need>() : [new Need(NeedKind.FailedAnalyses, failed, null, null, "/jobs?state=Failed")],
            .. feeds.Select(f => Need.Of(f.Status == FeedStatus.Failing ? NeedKind.FailingFeed : NeedKind.StaleFeed, f.Key, f.LastError, "/settings/feeds")),
            .. watched.Where(i => i.Differences == "").Select(i => Need.Of(NeedKind.UnknownInAzure, i.Hostname, $"{i.WatchFailure} {i.WatchRemedy}".TrimEnd(), Page(i.Id))),
            .. unmatched.Count == 0 ? Array.Empty<Need>() : [new Need(NeedKind.UnmatchedImages, unmatched.Count, null, Names(unmatched.SelectMany(Lists).Distinct().Order(StringComparer.Ordinal)), "/settings/feeds")],
            .. cleanup.Select(t => Need.Of(NeedKind.Cleanup, t.Hostname, t.ResourceName, "/integrations/acr")),
            .. integrations.Where(i => i.State is IntegrationState.WaitingForDeployment or IntegrationState.WaitingForToken)
                .Select(i => Need.Of(NeedKind.UnfinishedSetup, i.Hostname, null, $"{Page(i.Id)}/setup")),
        ];
        return needs.Count <= Shown ? needs : [.. needs.GroupBy(need => need.Kind).OrderBy(kind => kind.Key).Select(Together)];
    }

    private static Need Together(IGrouping<NeedKind, Need> kind) =>
        kind.Count() == 1 ? kind.First() : new Need(kind.Key, kind.Count(), null, Names(kind.Select(need => need.Subject!).Distinct()), kind.First().Href.StartsWith("/settings", StringComparison.Ordinal) ? kind.First().Href : "/integrations/acr");

    private static string Page(long integrationId) => $"/integrations/acr/{integrationId}";

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string[] Lists(string unmatched) => unmatched.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return DisplayText.Sanitise(string.Join(", ", all.Take(Named).Concat(all.Count > Named ? ["…"] : [])), 300);
    }
}

/// <summary>Something to do, or several things of one kind.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Subject">Hostname or feed, as the kind says; null of several, and of kinds that only count.</param>
/// <param name="Detail">Reason, resource or day; of several, the subjects' names.</param>
/// <param name="Href">Where it is done.</param>
public sealed record Need(NeedKind Kind, int Count, string? Subject, string? Detail, string Href)
{
    /// <summary>One thing.</summary>
    public static Need Of(NeedKind kind, string subject, string? detail, string href) => new(kind, 1, subject, detail, href);
}

/// <summary>The kinds of needs, in order of harm.</summary>
public enum NeedKind { IntegrationError, ExpiredToken, ChangedInAzure, FailedRotation, ExpiringToken, ExpiringExceptions, OldPasswordWorks, FailedAnalyses, FailingFeed, StaleFeed, UnknownInAzure, UnmatchedImages, Cleanup, UnfinishedSetup }
