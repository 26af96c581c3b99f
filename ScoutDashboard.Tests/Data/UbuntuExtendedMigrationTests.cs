using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Data;

public sealed class UbuntuExtendedMigrationTests
{
    [Fact]
    public async Task WhatIsStoredIsMatchedAsWhatIsAnalysedNow()
    {
        (string Ecosystem, string Version)[] stored =
        [
            ("Ubuntu:18.04:LTS", "1.0+esm3"), ("Ubuntu:18.04:LTS", "1.0-1~esm2build1"), ("Ubuntu:18.04:LTS", "1.0.esm1"), ("Ubuntu:18.04:LTS", "1.0"), ("Ubuntu:18.04:LTS", "1.0+resm1"),
            ("Ubuntu:18.04:LTS", "1.0+esmeralda1"), ("Ubuntu:18.04:LTS", "1.0+ESM1"), ("Ubuntu:18.04:LTS", "+esm1"), ("Ubuntu", "1.0+esm1"), ("Debian:12", "1.0+esm1"),
        ];
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("KnowledgeRevision");
        foreach (var (ecosystem, version) in stored)
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Components" ("Purl", "Type", "Ecosystem", "EcosystemBase", "Name", "Version", "AdvisoryName", "AdvisoryVersion", "NeedsMatch", "MatchedAt")
                VALUES ({$"pkg:deb/{ecosystem}@{version}"}, 'deb', {ecosystem}, {new Ecosystem(ecosystem).Base}, 'openssl', {version}, 'openssl', {version}, 0, '2026-01-01')
                """);
        }

        // Not further: a later one matches all anew.
        await db.GetService<IMigrator>().MigrateAsync("UbuntuExtended");

        Assert.Equal(
            stored.Select(c => new Ecosystem(c.Ecosystem).OfBuild(c.Version).Name).Select(ecosystem => $"{ecosystem}|{(ecosystem.StartsWith("Ubuntu:Pro:", StringComparison.Ordinal) ? 1 : 0)}"),
            await db.Database.SqlQueryRaw<string>("""SELECT "Ecosystem" || '|' || "NeedsMatch" AS "Value" FROM "Components" ORDER BY "Id" """).ToListAsync());
    }
}
