using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>Which way SQLite goes through hundreds of thousands of advisories: whatever names packages or advisories must seek them, for a scan of each is squared by their number.</summary>
public sealed class QueryPlanTests : IAsyncLifetime
{
    private static readonly ImportScope Npm = new(Advisory.Bucket, "npm");
    private readonly Plans _plans = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task ImportingChangingAndMatchingSeekTheirAdvisoriesAndComponents()
    {
        var databases = _database.With(_plans);
        var import = new AdvisoryImport(databases, TimeProvider.System);
        await using (var db = databases.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", Covers = "npm", LastSuccessAt = DateTime.UnixEpoch });
            db.Components.AddRange(Enumerable.Range(0, 30).Select(number => new Component
            {
                Purl = $"pkg:npm/p{number}@1.0.0", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = $"p{number}", Version = "1.0.0", AdvisoryName = $"p{number}", AdvisoryVersion = "1.0.0",
            }));
            await db.SaveChangesAsync();
        }

        await import.ReplaceAsync(Npm, Records(0, 40, "2026-01-01"), CancellationToken.None);
        using var service = new FindingService(databases, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        await service.MatchPendingAsync(CancellationToken.None);
        await import.UpdateAsync(Npm, Records(5, 20, "2026-02-01"), CancellationToken.None);
        await service.MatchPendingAsync(CancellationToken.None);
        await import.ReplaceAsync(Npm, Records(10, 20, "2026-03-01"), CancellationToken.None);
        await _plans.AskAsync(databases, StoredAdvisories.NamingSql, "npm", "npm", "p1");
        await _plans.AskAsync(databases, StoredAdvisories.TextSql, "GHSA-1");

        Assert.Contains(_plans.Steps, step => step.Contains("(AdvisoryId=? AND EcosystemBase=?)", StringComparison.Ordinal));
        Assert.Contains(_plans.Steps, step => step.Contains("(EcosystemBase=? AND Ecosystem=? AND Name=?)", StringComparison.Ordinal));
        Assert.Contains(_plans.Steps, step => step.Contains("(Id=?)", StringComparison.Ordinal) && step.Contains("Advisories", StringComparison.Ordinal));
        Assert.Contains(_plans.Steps, step => step.Contains("(EcosystemBase=? AND AdvisoryName=?)", StringComparison.Ordinal));
        // All rows of an ecosystem, or all there are.
        string[] whole = ["(Ecosystem=?)", "(EcosystemBase=?)"];
        Assert.DoesNotContain(_plans.Steps, step => Array.Exists(whole, step.EndsWith));
    }

    private static async IAsyncEnumerable<AdvisoryItem> Records(int first, int count, string modified)
    {
        await Task.CompletedTask;
        for (var number = first; number < first + count; number++)
        {
            yield return AdvisoryItem.Parse($"GHSA-{number}", System.Text.Encoding.UTF8.GetBytes($$"""
                {"id": "GHSA-{{number}}", "modified": "{{modified}}T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "p{{number}}"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}
                """));
        }
    }

    /// <summary>Asks for the plan of each command before it runs; tables are called by their names, not by their aliases.</summary>
    private sealed class Plans : DbCommandInterceptor
    {
        public HashSet<string> Steps { get; } = new(StringComparer.Ordinal);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Ask(command);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Ask(command);
            return ValueTask.FromResult(result);
        }

        /// <summary>Of a statement that is prepared without Entity Framework, which interceptors don't see.</summary>
        public async Task AskAsync(IDbContextFactory<ScoutDb> databases, string sql, params string[] values)
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            for (var at = 0; at < values.Length; at++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"?{at + 1}", values[at]);
                command.Parameters.Add(parameter);
            }

            Explain(command);
        }

        private void Ask(DbCommand command)
        {
            // Whether there is any row at all is told by the first.
            if ((!command.CommandText.Contains("AffectedPackages", StringComparison.Ordinal) && !command.CommandText.Contains("AdvisoryName", StringComparison.Ordinal))
                || command.CommandText.StartsWith("SELECT EXISTS", StringComparison.Ordinal))
            {
                return;
            }

            Explain(command);
        }

        private void Explain(DbCommand command)
        {
            using var explain = command.Connection!.CreateCommand();
            explain.Transaction = command.Transaction;
            explain.CommandText = $"EXPLAIN QUERY PLAN {command.CommandText}";
            foreach (DbParameter parameter in command.Parameters)
            {
                var copy = explain.CreateParameter();
                (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
                explain.Parameters.Add(copy);
            }

            using var reader = explain.ExecuteReader();
            while (reader.Read())
            {
                Steps.Add(reader.GetString(3));
            }
        }
    }
}
