namespace ScoutDashboard.Operations;

/// <summary>Puts a back-up in the place of a data folder's content, after all of it was checked; the folder must be claimed.</summary>
public static class BackupRestore
{
    /// <exception cref="BackupException">The back-up can't be used; nothing was changed.</exception>
    public static async Task<RestoreOutcome> RunAsync(string file, DataFolder folder, CancellationToken cancellationToken)
    {
        RestoreSwap.Recover(folder.Path);
        var fresh = RestoreSwap.Prepare(folder.Path);
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            var manifest = await BackupReader.UnpackAsync(stream, fresh, folder.FreeBytes, cancellationToken);
            var database = Path.Combine(fresh, BackupManifest.Database);
            BackupDatabase.Check(database, manifest.Version);
            var registries = NeedsTokens(manifest, folder.Path) ? BackupDatabase.Registries(database) : [];
            BackupDatabase.EndSessions(database);
            RestoreSwap.Run(folder.Path);
            return new RestoreOutcome(manifest, registries);
        }
        finally
        {
            RestoreSwap.Recover(folder.Path);
        }
    }

    // Without keys in the file the folder's own stay; they may be the ones.
    private static bool NeedsTokens(BackupManifest manifest, string folder) =>
        !manifest.HasKeys && !(manifest.KeyNames.Count > 0 && manifest.KeyNames.All(name => BackupManifest.IsKeyName(name) && File.Exists(Path.Combine(folder, BackupManifest.KeyFolder, name))));
}

/// <param name="Manifest">Of the back-up.</param>
/// <param name="RegistriesWithoutToken">Whose token nobody can open any more.</param>
public sealed record RestoreOutcome(BackupManifest Manifest, IReadOnlyList<string> RegistriesWithoutToken);
