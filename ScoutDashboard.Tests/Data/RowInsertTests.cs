using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Data;

/// <summary>Rows that a prepared statement stores lie in the file as those that EF Core stores: else they would compare otherwise, and nobody would see why.</summary>
public sealed class RowInsertTests : IAsyncLifetime
{
    private static readonly DateTime Fraction = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task AnAdvisoryLiesThereAsEntityFrameworkStoresIt()
    {
        await using var db = _database.CreateDbContext();
        db.Advisories.Add(Advisory("A"));
        await db.SaveChangesAsync();
        using (var rows = await OpenAsync<Advisory>(db))
        {
            rows.Add(Advisory("B"));
        }

        Assert.Equal((await ReadAsync(db, "Advisories", "Id = 'A'")).Replace("'A'", "'B'", StringComparison.Ordinal), await ReadAsync(db, "Advisories", "Id = 'B'"));
    }

    [Fact]
    public async Task AFindingLiesThereAsEntityFrameworkStoresIt()
    {
        await using var db = _database.CreateDbContext();
        var component = db.Components.Add(new Component { Purl = "pkg:npm/a@1", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "a", Version = "1", AdvisoryName = "a", AdvisoryVersion = "1" }).Entity;
        await db.SaveChangesAsync();
        db.Findings.Add(Finding(component.Id, "CVE-1"));
        await db.SaveChangesAsync();
        using (var rows = await OpenAsync<Finding>(db))
        {
            rows.Add(Finding(component.Id, "CVE-2"));
        }

        Assert.Equal(
            (await ReadAsync(db, "Findings", "VulnerabilityId = 'CVE-1'")).Replace("'CVE-1'", "'CVE-2'", StringComparison.Ordinal).Replace("integer 1;", "integer 2;", StringComparison.Ordinal),
            (await ReadAsync(db, "Findings", "VulnerabilityId = 'CVE-2'")).Replace("integer 1;", "integer 2;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\0")]
    [InlineData("")]
    [InlineData("ä\u202e😀")]
    public async Task ATextIsKeptWholeAlsoBehindItsFirstNull(string text)
    {
        await using var db = _database.CreateDbContext();
        using (var rows = await OpenAsync<Advisory>(db))
        {
            var advisory = Advisory("A");
            advisory.Summary = text;
            rows.Add(advisory);
        }

        Assert.Equal(text, await db.Advisories.Select(a => a.Summary).SingleAsync());
        Assert.Equal(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text)), await db.Database.SqlQuery<string>($"SELECT hex(Summary) AS Value FROM Advisories").SingleAsync());
    }

    [Fact]
    public async Task ARowThatTheDatabaseRefusesIsAnErrorAndTheNextGoesIn()
    {
        await using var db = _database.CreateDbContext();
        using (var rows = await OpenAsync<Advisory>(db))
        {
            rows.Add(Advisory("A"));
            Assert.Equal(19, Assert.Throws<SqliteException>(() => rows.Add(Advisory("A"))).SqliteErrorCode);
            rows.Add(Advisory("B"));
        }

        Assert.Equal(["A", "B"], await db.Advisories.Select(a => a.Id).Order().ToListAsync());
    }

    [Fact]
    public async Task ARowThatTakesTheOldOnesPlaceLeavesWhatRefersToIt()
    {
        await using var db = _database.CreateDbContext();
        var changed = Advisory("A");
        changed.Summary = "changed";
        changed.Withdrawn = Fraction;
        changed.Matching = null;
        await db.Database.OpenConnectionAsync();
        using (var rows = new RowInsert<Advisory>(db, SameKey.Replaced))
        using (var packages = new RowInsert<AffectedPackage>(db, SameKey.Replaced))
        {
            rows.Add(Advisory("A"));
            packages.Add(Package());
            rows.Add(changed);
            packages.Add(Package());
        }

        Assert.Equal(("changed", Fraction, true), await db.Advisories.Select(a => ValueTuple.Create(a.Summary, a.Withdrawn!.Value, a.Matching == null)).SingleAsync());
        Assert.Equal("a", (await db.AffectedPackages.SingleAsync()).Name);

        static AffectedPackage Package() => new() { AdvisoryId = "A", Ecosystem = "npm", EcosystemBase = "npm", Name = "a" };
    }

    [Fact]
    public async Task ARowThatStaysIsTold()
    {
        await using var db = _database.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        var other = Advisory("A");
        other.Summary = "other";
        using (var rows = new RowInsert<Advisory>(db, SameKey.Kept))
        {
            Assert.True(rows.Add(Advisory("A")));
            Assert.False(rows.Add(other));
            Assert.True(rows.Add(Advisory("B")));
        }

        Assert.DoesNotContain("other", await db.Advisories.Select(a => a.Summary).ToListAsync());
    }

    // What is bound for one row must not be left for the next.
    [Fact]
    public async Task EachRowHasItsOwnValuesWhateverTheOneBeforeHad()
    {
        await using var db = _database.CreateDbContext();
        byte[] reused = [1, 2, 3];
        Advisory[] rows = [With("A", null, null), With("B", Fraction, reused), With("C", Fraction, reused), With("D", Fraction.AddTicks(1), null), With("E", null, [])];
        using (var insert = await OpenAsync<Advisory>(db))
        {
            foreach (var row in rows)
            {
                insert.Add(row);
                reused[0]++;
            }
        }

        var stored = await db.Advisories.AsNoTracking().OrderBy(a => a.Id).ToListAsync();
        Assert.Equal([(null, null), (Fraction, "020203"), (Fraction, "030203"), (Fraction.AddTicks(1), null), (null, "")], stored.Select(a => (a.Withdrawn, a.Matching is null ? null : Convert.ToHexString(a.Matching))));
        Assert.All(stored, advisory => Assert.Equal("ä 'quoted' \u202e", advisory.Summary));

        static Advisory With(string id, DateTime? withdrawn, byte[]? matching)
        {
            var row = Advisory(id);
            (row.Withdrawn, row.Matching) = (withdrawn, matching);
            return row;
        }
    }

    [Fact]
    public async Task WhatManyRowsNeedIsGivenBack()
    {
        await using var db = _database.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        int before = await PragmaAsync(db), meanwhile;
        await using (await db.ForManyRowsAsync(CancellationToken.None))
        {
            meanwhile = await PragmaAsync(db);
        }

        Assert.NotEqual(before, meanwhile);
        Assert.Equal(before, await PragmaAsync(db));
    }

    private static Advisory Advisory(string id) => new()
    {
        Id = id, Modified = Fraction, Published = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), Withdrawn = null, Summary = "ä 'quoted' \u202e", FirstReadAt = Fraction.AddTicks(1), ReadAt = DateTime.UnixEpoch,
        Document = [0, 1, 255], Matching = [],
    };

    private static Finding Finding(long componentId, string id) => new()
    {
        ComponentId = componentId, VulnerabilityId = id, AdvisoryId = "X", Verdict = Verdict.Undecided, Reason = "", Severity = SeverityLevel.High, Score = 7.5, Vector = null,
        FixState = FixState.NoFix, FirstSeenAt = Fraction,
    };

    private static async Task<RowInsert<T>> OpenAsync<T>(ScoutDb db)
        where T : class
    {
        await db.Database.OpenConnectionAsync();
        return new RowInsert<T>(db);
    }

    private static Task<int> PragmaAsync(ScoutDb db) => db.Database.SqlQueryRaw<int>("SELECT cache_size AS Value FROM pragma_cache_size").SingleAsync();

    // Each column with the type that it has in the file.
    private static async Task<string> ReadAsync(ScoutDb db, string table, string where)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT group_concat('typeof(\"' || name || '\") || '' '' || quote(\"' || name || '\")', ' || ''; '' || ') FROM pragma_table_info('{table}')";
        command.CommandText = $"SELECT {await command.ExecuteScalarAsync()} || ';' FROM {table} WHERE {where}";
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
