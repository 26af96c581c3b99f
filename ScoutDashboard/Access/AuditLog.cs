using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Reads the audit log, newest first; for administrators.</summary>
public sealed class AuditLog(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int ExportBatch = 1_000;

    /// <param name="page">From 1.</param>
    public async Task<AuditPage> ListAsync(Actor actor, AuditFilter filter, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        var lines = Matching(db, actor.OrganizationId, filter);
        var skip = (int)Math.Min((long)(Math.Max(page, 1) - 1) * pageSize, int.MaxValue);
        return new AuditPage(await lines.OrderByDescending(e => e.Id).Skip(skip).Take(pageSize).ToListAsync(cancellationToken), await lines.CountAsync(cancellationToken));
    }

    /// <summary>All lines that match, read a batch at a time, so that an export of any size needs little memory. The caller has asked for the right.</summary>
    public async IAsyncEnumerable<AuditEntry> ExportAsync(int organizationId, AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var before = long.MaxValue; ;)
        {
            List<AuditEntry> batch;
            await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            {
                batch = await Matching(db, organizationId, filter).Where(e => e.Id < before).OrderByDescending(e => e.Id).Take(ExportBatch).ToListAsync(cancellationToken);
            }

            foreach (var line in batch)
            {
                yield return line;
            }

            if (batch.Count < ExportBatch)
            {
                yield break;
            }

            before = batch[^1].Id;
        }
    }

    private static IQueryable<AuditEntry> Matching(ScoutDb db, int organizationId, AuditFilter filter)
    {
        var lines = db.Audit.AsNoTracking().Where(e => e.OrganizationId == organizationId);
        lines = filter.Action is { } action ? lines.Where(e => e.Action == action) : lines;
        lines = filter.From is { } from ? lines.Where(e => e.At >= from) : lines;
        lines = filter.Until is { } until ? lines.Where(e => e.At < until) : lines;
        if (string.IsNullOrWhiteSpace(filter.Search))
        {
            return lines;
        }

        var pattern = LikePattern.Containing(filter.Search);
        return lines.Where(e => EF.Functions.Like(e.Name, pattern, LikePattern.Escape) || EF.Functions.Like(e.Subject, pattern, LikePattern.Escape)
            || EF.Functions.Like(e.Detail, pattern, LikePattern.Escape) || EF.Functions.Like(e.Address, pattern, LikePattern.Escape));
    }
}

/// <summary>Which lines. From is in, Until is out, both UTC; what is null or empty narrows nothing. Search is part of a name, subject, detail or address.</summary>
public sealed record AuditFilter(AuditAction? Action = null, string? Search = null, DateTime? From = null, DateTime? Until = null)
{
    /// <summary>From what an address says: dates as yyyy-MM-dd, the last day included; what can't be read narrows nothing.</summary>
    public static AuditFilter Of(string? action, string? search, string? from, string? to) => new(
        Enum.TryParse<AuditAction>(action, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null, search, Day(from), Day(to)?.AddDays(1));

    private static DateTime? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) && day < DateOnly.MaxValue ? day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : null;
}

/// <param name="Total">Lines that match.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Rows, int Total);
