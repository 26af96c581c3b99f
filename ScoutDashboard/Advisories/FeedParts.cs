using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Advisories;

/// <summary>Where downloads lie until they are used. In a folder of its own they outlive the program: an attempt after a restart goes on behind what is there.</summary>
/// <param name="folder">Made when it is needed; null where nothing is to be left behind.</param>
/// <param name="clock">Tells what nobody came back for.</param>
/// <param name="logger">Told what can't be left behind, and why.</param>
public sealed partial class FeedParts(string? folder, TimeProvider clock, ILogger<FeedParts> logger)
{
    /// <summary>How long an unfinished download waits for the next attempt.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    // Whoever downloads brings whole buffers. In one of the stream's own would stay what the disk had no room for, and nothing could shorten the file any more.
    private const int BufferBytes = 0;

    /// <summary>What is here of a file, which may be nothing; nobody else writes to it meanwhile.</summary>
    /// <param name="address">Of the file; its query, which may be a signature of today, does not tell one from another.</param>
    public PartialFile Open(Uri address)
    {
        try
        {
            return folder is null ? Passing() : Lasting(folder, address);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else fetches the same, or the folder can't be written.
            LogPassing(address.Host, exception.Message);
            return Passing();
        }
    }

    private static PartialFile Passing() => new(new FileStream(
        Path.Combine(Path.GetTempPath(), $"scout-{Guid.NewGuid():n}.tmp"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.DeleteOnClose | FileOptions.Asynchronous));

    private NotedPart Lasting(string folder, Uri address)
    {
        Directory.CreateDirectory(folder);
        var oldest = clock.GetUtcNow().UtcDateTime - Kept;
        foreach (var left in new DirectoryInfo(folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < oldest))
        {
            left.Delete();
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))));
        var content = new FileStream(Path.Combine(folder, $"{name}.part"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.Asynchronous);
        try
        {
            return new NotedPart(content, logger);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A download from {Host} would begin anew after a restart, for it can't be kept in the data folder: {Reason}")]
    private partial void LogPassing(string host, string reason);
}
