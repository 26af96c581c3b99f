namespace ScoutDashboard.Operations;

/// <summary>What a back-up says of itself: <c>backup.json</c>, its first entry.</summary>
/// <param name="Format">Of the file; this version writes and reads <see cref="CurrentFormat"/>.</param>
/// <param name="Version">The program that made it.</param>
/// <param name="Schema">The newest migration of the database.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="KeyNames">File names of the data protection keys there were, whether or not they are in the file.</param>
/// <param name="Files">The other entries, in order.</param>
public sealed record BackupManifest(int Format, string Version, string Schema, DateTime CreatedAt, IReadOnlyList<string> KeyNames, IReadOnlyList<BackupEntry> Files)
{
    public const int CurrentFormat = 1;

    /// <summary>The manifest's own name.</summary>
    internal const string Name = "backup.json";

    internal const string Database = "scout.db";
    internal const string KeyFolder = "keys";

    /// <summary>Far more than keys that are renewed each 90 days will ever be.</summary>
    internal const int MaxKeys = 1000;

    /// <summary>Whether secrets can be opened by what is in the file.</summary>
    public bool HasKeys => Files.Any(file => file.Name != Database);

    // As data protection names them, and nothing that leads elsewhere.
    internal static bool IsKeyName(string name) => name.Length is > 8 and < 100 && name.StartsWith("key-", StringComparison.Ordinal) && name.EndsWith(".xml", StringComparison.Ordinal)
        && name[4..^4].All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}

/// <summary>One file of a back-up: its length, and its SHA-256 as lower-case hexadecimal digits.</summary>
public sealed record BackupEntry(string Name, long Bytes, string Sha256);

/// <summary>A reason why there is no back-up, or why one can't be restored; its message is the whole text to show.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
