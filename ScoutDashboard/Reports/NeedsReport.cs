using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>What waits for a person, most harmful first, at most seven.</summary>
public sealed class NeedsReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int Most = 7;
    private static readonly TimeSpan Overdue = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<Need>> ListAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var integrations = await db.Integrations
            .Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.State != IntegrationState.Connected)
            .OrderBy(i => i.Hostname).Take(Most * 2).Select(i => new { i.Id, i.Hostname, i.State, i.StateReason }).ToListAsync(cancellationToken);
        var today = DateOnly.FromDateTime(now);
        var warned = today.AddDays(Integration.TokenWarningDays);
        var tokens = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.TokenExpiresOn <= warned)
            .OrderBy(i => i.TokenExpiresOn).ThenBy(i => i.Id).Take(Most).Select(i => new { i.Id, i.Hostname, i.TokenExpiresOn }).ToListAsync(cancellationToken);
        var rotations = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.RotationFailure != null)
            .OrderBy(i => i.TokenExpiresOn ?? DateOnly.MaxValue).ThenBy(i => i.Id).Take(Most).Select(i => new { i.Id, i.Hostname, i.RotationFailure, i.RotationRemedy }).ToListAsync(cancellationToken);
        var alive = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.OldPasswordFailure != null)
            .OrderBy(i => i.Hostname).Take(Most).Select(i => new { i.Id, i.Hostname, i.OldPasswordFailure, i.OldPasswordRemedy }).ToListAsync(cancellationToken);
        var watched = await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null && i.AzureSubscription != null && (i.Differences != "" || i.WatchFailure != null))
            .OrderBy(i => i.Differences == "").ThenBy(i => i.Hostname).Take(Most).Select(i => new { i.Id, i.Hostname, i.Differences, i.WatchFailure, i.WatchRemedy }).ToListAsync(cancellationToken);
        var cleanup = await db.CleanupTasks.Where(t => t.OrganizationId == organizationId && t.DoneAt == null)
            .OrderBy(t => t.Id).Take(Most).Select(t => new { t.Hostname, t.ResourceName }).ToListAsync(cancellationToken);
        var failed = await LatestImages.Repositories(db, organizationId).CountAsync(
            r => db.Jobs.Where(j => j.RepositoryId == r.Id && (j.State == JobState.Failed || j.State == JobState.Succeeded))
                .OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id).Select(j => (JobState?)j.State).FirstOrDefault() == JobState.Failed,
            cancellationToken);
        var overdue = now - Overdue;
        // One that nothing installed needs rests.
        var feeds = await db.Feeds.Where(f => (f.Status == FeedStatus.Failing || f.NextRunAt < overdue)
                && db.MatchableComponents.Any(c => f.Covers == null ? c.EcosystemBase != "" : c.EcosystemBase == f.Covers))
            .OrderBy(f => f.Key).Take(Most).Select(f => new { f.Key, f.Status, f.LastError, f.LastSuccessAt }).ToListAsync(cancellationToken);
        var expiring = await db.Exceptions.Where(e => e.OrganizationId == organizationId).In(ExceptionState.Expiring, now).GroupBy(_ => 1).Select(g => new { Count = g.Count(), First = g.Min(e => e.ExpiresAt) }).SingleOrDefaultAsync(cancellationToken);
        var unmatched = await LatestImages.Of(db, organizationId).Where(i => i.Unmatched != "").Select(i => i.Unmatched).ToListAsync(cancellationToken);

        List<Need> needs =
        [
            .. integrations.Where(i => i.State == IntegrationState.Error)
                .Select(i => new Need(NeedKind.IntegrationError, i.Hostname, i.StateReason, $"/integrations/acr/{i.Id}")),
            .. tokens.Where(i => i.TokenExpiresOn < today).Select(i => Token(NeedKind.ExpiredToken, i.Id, i.Hostname, i.TokenExpiresOn)),
            .. watched.Where(i => i.Differences != "").Select(i => new Need(NeedKind.ChangedInAzure, i.Hostname, null, $"/integrations/acr/{i.Id}")),
            .. rotations.Select(i => new Need(NeedKind.FailedRotation, i.Hostname, $"{i.RotationFailure} {i.RotationRemedy}".TrimEnd(), $"/integrations/acr/{i.Id}")),
            .. tokens.Where(i => i.TokenExpiresOn >= today).Select(i => Token(NeedKind.ExpiringToken, i.Id, i.Hostname, i.TokenExpiresOn)),
            .. expiring is null ? Array.Empty<Need>()
                : [new Need(NeedKind.ExpiringExceptions, expiring.Count.ToString(CultureInfo.InvariantCulture), ExceptionWords.LastDay(expiring.First!.Value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "/exceptions?state=Expiring")],
            .. alive.Select(i => new Need(NeedKind.OldPasswordWorks, i.Hostname, $"{i.OldPasswordFailure} {i.OldPasswordRemedy}".TrimEnd(), $"/integrations/acr/{i.Id}")),
            .. failed == 0 ? Array.Empty<Need>() : [new Need(NeedKind.FailedAnalyses, failed.ToString(CultureInfo.InvariantCulture), null, "/jobs?state=Failed")],
            .. feeds.Select(f => new Need(f.Status == FeedStatus.Failing ? NeedKind.FailingFeed : NeedKind.StaleFeed, f.Key, f.LastError, "/settings/feeds")),
            .. watched.Where(i => i.Differences == "").Select(i => new Need(NeedKind.UnknownInAzure, i.Hostname, $"{i.WatchFailure} {i.WatchRemedy}".TrimEnd(), $"/integrations/acr/{i.Id}")),
            .. unmatched.Count == 0 ? Array.Empty<Need>()
                : [new Need(NeedKind.UnmatchedImages, unmatched.Count.ToString(CultureInfo.InvariantCulture), Names(unmatched), "/settings/feeds")],
            .. cleanup.Select(t => new Need(NeedKind.Cleanup, t.Hostname, t.ResourceName, "/integrations/acr")),
            .. integrations.Where(i => i.State is IntegrationState.WaitingForDeployment or IntegrationState.WaitingForToken)
                .Select(i => new Need(NeedKind.UnfinishedSetup, i.Hostname, null, $"/integrations/acr/{i.Id}/setup")),
        ];
        return [.. needs.Take(Most)];
    }

    private static Need Token(NeedKind kind, long id, string hostname, DateOnly? last) => new(kind, hostname, last?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), $"/integrations/acr/{id}");

    private static string Names(IEnumerable<string> lists) => DisplayText.Sanitise(string.Join(
        ", ", lists.SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal).Take(5)), 200);
}

/// <summary>Something to do. Subject: hostname, ecosystem or a number, as the kind says; Detail: reason, resource or day.</summary>
public sealed record Need(NeedKind Kind, string Subject, string? Detail, string Href);

/// <summary>The kinds of needs, in order of harm.</summary>
public enum NeedKind { IntegrationError, ExpiredToken, ChangedInAzure, FailedRotation, ExpiringToken, ExpiringExceptions, OldPasswordWorks, FailedAnalyses, FailingFeed, StaleFeed, UnknownInAzure, UnmatchedImages, Cleanup, UnfinishedSetup }
