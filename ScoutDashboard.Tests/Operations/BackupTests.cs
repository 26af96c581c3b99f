using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed class BackupTests : IDisposable
{
    private readonly BackupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task WhatWasBackedUpTakesThePlaceOfWhatWasThere()
    {
        await _rig.BackUpAsync(await _rig.AddFolderAsync("old"));
        var target = await _rig.AddFolderAsync("new");
        // A log of the replaced database: written into the restored one it would destroy it.
        await File.WriteAllBytesAsync(Path.Combine(target, "scout.db-wal"), new byte[4096]);

        var outcome = await _rig.RestoreAsync(target);

        Assert.Equal("old <key>old</key>", await BackupRig.ContentAsync(target));
        Assert.Equal((BackupRig.Now, true), (outcome.Manifest.CreatedAt, outcome.Manifest.HasKeys));
        Assert.Empty(outcome.RegistriesWithoutToken);
    }

    [Fact]
    public async Task SessionsAndInvitationsOfThatDayDoNotComeBack()
    {
        var folder = await _rig.AddFolderAsync("old");
        await using (var db = BackupRig.Create(folder))
        {
            db.Users.Add(new Account { Id = "a", UserName = "ada", OrganizationId = 1, PasswordHash = "kept" });
            db.Sessions.Add(new AccountSession { Id = "s", AccountId = "a", Browser = "", Address = "" });
            db.Invitations.Add(new Invitation { OrganizationId = 1, TokenHash = [1], Note = "", InvitedBy = "ada", ExpiresAt = BackupRig.Now.AddDays(7) });
            await db.SaveChangesAsync();
        }

        await _rig.BackUpAsync(folder);
        await _rig.RestoreAsync(folder);

        await using var restored = BackupRig.Create(folder);
        Assert.Equal((1, 0, 0), (await restored.Users.CountAsync(), await restored.Sessions.CountAsync(), await restored.Invitations.CountAsync()));
    }

    [Fact]
    public async Task OnlyItsOwnerCanReadABackup()
    {
        await _rig.BackUpAsync(await _rig.AddFolderAsync("old"));

        Assert.Equal(["scout.tar"], Directory.GetFiles(Path.GetDirectoryName(_rig.BackupPath)!).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_rig.BackupPath));
        }
    }

    [Fact]
    public async Task WithoutKeysItSaysWhichTokensAreGoneUnlessTheFolderHasTheKeys()
    {
        var old = await _rig.AddFolderAsync("old");
        var backup = await _rig.BackUpAsync(old, withKeys: false);
        Assert.DoesNotContain("<key>", System.Text.Encoding.Latin1.GetString(backup), StringComparison.Ordinal);
        var elsewhere = Directory.CreateDirectory(_rig.FolderOf("elsewhere")).FullName;

        Assert.Equal(["contoso.azurecr.io"], (await _rig.RestoreAsync(elsewhere)).RegistriesWithoutToken);
        Assert.Equal("old no key", await BackupRig.ContentAsync(elsewhere));
        Assert.Empty((await _rig.RestoreAsync(old)).RegistriesWithoutToken);
        Assert.Equal("old <key>old</key>", await BackupRig.ContentAsync(old));
    }

    [Fact]
    public async Task ABackupOfARunningDashboardHasWhatWasCommittedAndNothingElse()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        db.Organizations.Add(new Organization { Name = "committed" });
        await db.SaveChangesAsync();
        await using var open = await db.Database.BeginTransactionAsync();
        db.Organizations.Add(new Organization { Name = "open" });
        await db.SaveChangesAsync();

        await _rig.BackUpAsync(app.DataDirectory);
        await open.CommitAsync();
        var target = Directory.CreateDirectory(_rig.FolderOf("target")).FullName;
        await _rig.RestoreAsync(target);

        Assert.StartsWith("Contoso,committed no key", await BackupRig.ContentAsync(target), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(target, "keys")));
        await using var restored = BackupRig.Create(target);
        Assert.Empty(await restored.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task ABackupOfAnOlderVersionCanBeRestoredAndOneOfANewerCanNot()
    {
        var folder = await _rig.AddFolderAsync("old", DataServices.Migrations[^2]);
        await _rig.BackUpAsync(folder);
        var target = await _rig.AddFolderAsync("new");
        await _rig.RestoreAsync(target);
        Assert.Equal("old <key>old</key>", await BackupRig.ContentAsync(target));

        await ExecuteAsync(folder, "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_OfTheFuture', '99.0')");
        await _rig.BackUpAsync(folder);
        var refusal = await Assert.ThrowsAsync<BackupException>(() => _rig.RestoreAsync(target));

        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("OfTheFuture", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("old <key>old</key>", await BackupRig.ContentAsync(target));
    }

    [Fact]
    public async Task ADamagedDatabaseIsNotBackedUpAndTheLastBackupStays()
    {
        var folder = await _rig.AddFolderAsync("old");
        var good = await _rig.BackUpAsync(folder);
        await using (var database = new FileStream(Path.Combine(folder, "scout.db"), FileMode.Open))
        {
            // The second page onwards, so that it still opens.
            database.Position = 5000;
            await database.WriteAsync(new byte[20_000]);
        }

        await Assert.ThrowsAsync<BackupException>(() => _rig.BackUpAsync(folder));

        Assert.Equal(good, await File.ReadAllBytesAsync(_rig.BackupPath));
        Assert.Equal(["scout.tar"], Directory.GetFiles(Path.GetDirectoryName(_rig.BackupPath)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task FromAShellABackupIsMadeWhileTheDashboardRunsAndRestoredOnceItStopped()
    {
        await using var app = await AppProcess.StartAsync(new Dictionary<string, string> { ["Advisories__Source"] = _rig.FolderOf("none") });
        var settings = new Dictionary<string, string> { ["Scout__DataDirectory"] = app.DataDirectory };
        Task<ShellRun> RunAsync(params string[] arguments) => ShellRun.RunAsync(Path.GetTempPath(), settings, arguments);
        await ExecuteAsync(app.DataDirectory, "INSERT INTO Organizations (Id, Name, CreatedAt) VALUES (1, 'before', '2026-01-01 00:00:00')");

        var backup = await RunAsync("backup", _rig.BackupPath);
        Assert.True(backup.ExitCode == 0 && backup.Error.Length == 0, backup.Error);
        Assert.Contains("with the keys", backup.Output, StringComparison.Ordinal);
        await ExecuteAsync(app.DataDirectory, "UPDATE Organizations SET Name = 'after'");
        var refused = await RunAsync("restore", _rig.BackupPath);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("Another ScoutDashboard uses the data folder", refused.Error, StringComparison.Ordinal);
        await app.KillAsync();
        var restored = await RunAsync("restore", _rig.BackupPath);

        Assert.True(restored.ExitCode == 0 && restored.Error.Length == 0, restored.Error);
        await using var db = DataServices.Open(Path.Combine(app.DataDirectory, "scout.db"));
        Assert.Equal("before", (await db.Organizations.SingleAsync()).Name);
        // The back-up's own line was written after the copy was made.
        var line = await db.Audit.SingleAsync();
        Assert.Equal((AuditAction.Restored, "scout.tar", Environment.UserName, "shell"), (line.Action, line.Subject, line.Name, line.Address));
        await app.StartAgainAsync();
    }

    [Theory]
    [InlineData("backup", "There is no database")]
    [InlineData("restore", "scout.tar")]
    public async Task WhereThereIsNothingAVerbSaysSo(string verb, string expected)
    {
        var run = await ShellRun.RunAsync(Path.GetTempPath(), new Dictionary<string, string> { ["Scout__DataDirectory"] = _rig.FolderOf("none") }, verb, _rig.BackupPath);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(string folder, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "scout.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
