using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>Says which components must be matched, and that they were. Called in the transaction that changes what is known of them, so that no end of the process can part the two.</summary>
public static class MatchMarks
{
    private const string MatchedSql = """UPDATE "Components" SET "NeedsMatch" = "NeedsMatch" AND ?2, "MatchedAt" = ?3, "JudgedAt" = coalesce(?4, "JudgedAt") WHERE "Id" = ?1""";

    /// <summary>Marks these components, and notes that some were marked.</summary>
    public static async Task AddAsync(ScoutDb db, IQueryable<Component> components, CancellationToken cancellationToken)
    {
        // One that waits already is not written again, but a match may have read what is known of it.
        await db.KnowledgeRevisions.ExecuteUpdateAsync(set => set.SetProperty(revision => revision.Number, revision => revision.Number + 1), cancellationToken);
        await components.Where(c => !c.NeedsMatch).ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true), cancellationToken);
    }

    /// <summary>A number that is another once any component was marked.</summary>
    public static Task<long> RevisionAsync(ScoutDb db, CancellationToken cancellationToken) => db.KnowledgeRevisions.Select(revision => revision.Number).SingleAsync(cancellationToken);

    /// <summary>Notes that components were matched.</summary>
    /// <param name="db">In a transaction.</param>
    /// <param name="componentIds">Which.</param>
    /// <param name="staysMarked">Whether they must be matched again, because something changed meanwhile.</param>
    /// <param name="matchedAt">When, UTC.</param>
    /// <param name="judgedAt">When advisories were read for them, where there were any; null otherwise.</param>
    public static void Matched(ScoutDb db, IEnumerable<long> componentIds, bool staysMarked, DateTime matchedAt, DateTime? judgedAt)
    {
        using var statement = new SqliteStatement((SqliteConnection)db.Database.GetDbConnection(), MatchedSql);
        statement.Bind(2, staysMarked);
        statement.Bind(3, matchedAt);
        statement.Bind(4, judgedAt);
        foreach (var id in componentIds)
        {
            statement.Bind(1, id);
            statement.Run();
        }
    }
}
