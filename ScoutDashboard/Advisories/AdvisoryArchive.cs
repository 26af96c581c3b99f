using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace ScoutDashboard.Advisories;

/// <summary>Reads the records of an ecosystem's <c>all.zip</c> one after the other, within bounds.</summary>
public static class AdvisoryArchive
{
    private const int MaxEntries = 3_000_000;
    private const long MaxInflated = 16L * 1024 * 1024 * 1024;

    /// <summary>Entries are named for their record. Throws <see cref="FeedException"/> for an archive that is not whole.</summary>
    public static async IAsyncEnumerable<AdvisoryItem> ReadAsync(Stream archive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var zip = Guarded(() => new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true));
        var entries = Guarded(() => zip.Entries);
        if (entries.Count > MaxEntries)
        {
            throw new FeedException($"The archive has {entries.Count} records; at most {MaxEntries} are read.");
        }

        await Task.CompletedTask;
        long inflated = 0;
        var buffer = new byte[16 * 1024];
        foreach (var entry in entries)
        {
            if (entry.Length == 0 && entry.FullName.EndsWith('/'))
            {
                continue;
            }

            // What the archive says of an entry's size is not believed: reading stops at the limit.
            cancellationToken.ThrowIfCancellationRequested();
            var json = Guarded(() => Read(entry, buffer));
            inflated += json?.Length ?? 0;
            if (inflated > MaxInflated)
            {
                throw new FeedException("The archive unpacks to more than 16 GiB.");
            }

            yield return AdvisoryItem.Parse(Path.GetFileNameWithoutExtension(entry.Name), json);
        }
    }

    /// <summary>Looks whether it is a whole archive with anything in it. Throws <see cref="FeedException"/> where it is not.</summary>
    public static Task CheckAsync(Stream archive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var zip = Guarded(() => new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true));
        return Guarded(() => zip.Entries).Count > 0 ? Task.CompletedTask : throw new FeedException("The archive is empty.");
    }

    // Not asynchronous: the archive is a file of this machine, and a change of thread for each of so many small records takes longer than to read it.
    private static byte[]? Read(ZipArchiveEntry entry, byte[] buffer)
    {
        using var stream = entry.Open();
        using var json = new MemoryStream();
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (json.Length + read > AdvisoryDocument.MaxBytes)
            {
                return null;
            }

            json.Write(buffer, 0, read);
        }

        return json.ToArray();
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Broken(exception);
        }
    }

    private static FeedException Broken(Exception exception) => exception is InvalidDataException
        ? new FeedException("The archive is damaged or not whole.", exception)
        : new FeedException($"The archive can't be read: {exception.Message}", exception);
}
