using System.IO.Compression;
using System.Runtime.CompilerServices;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Reads the records of an ecosystem's <c>all.zip</c> one after the other, within bounds.</summary>
public static class AdvisoryArchive
{
    /// <summary>What an archive may unpack to, in bytes; the largest of the public bucket is far below.</summary>
    public const long MaxUnpacked = 16L << 30;

    /// <summary>Entries are named for their record. Throws <see cref="FeedException"/> for an archive that is not whole, or unpacks to more than <see cref="MaxUnpacked"/>.</summary>
    public static IAsyncEnumerable<AdvisoryItem> ReadAsync(Stream archive, CancellationToken cancellationToken) => ReadAsync(archive, MaxUnpacked, cancellationToken);

    /// <summary>The same with another limit.</summary>
    public static async IAsyncEnumerable<AdvisoryItem> ReadAsync(Stream archive, long maxUnpacked, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Not asynchronous: the archive is a file of this machine, and a change of thread for each of so many small records takes longer than to read it.
        await Task.CompletedTask;
        using var members = Guarded(() => new ArchiveMembers(archive));
        using var inflated = new GZipStream(members, CompressionMode.Decompress);
        long total = 0;
        var buffer = new byte[16 * 1024];
        while (Guarded(members.Next) is { } member)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (member.Name.EndsWith('/') && member.Size == 0)
            {
                continue;
            }

            // Also what unpacks to nothing is read.
            total += member.Data is { } data ? Math.Max(member.Size, data.Length) : 0;
            if (total > maxUnpacked)
            {
                throw new FeedException($"The archive unpacks to more than {ByteText.Of(maxUnpacked)}.");
            }

            yield return ItemOf(member, inflated, ref buffer);
        }

        // Only behind the last member is its checksum seen, and that nothing ended the stream before.
        if (Guarded(inflated.ReadByte) != ArchiveMembers.Seal || Guarded(inflated.ReadByte) >= 0)
        {
            throw Broken(new InvalidDataException("A member is longer or shorter than the zip's directory says."));
        }
    }

    /// <summary>Looks whether it is a whole archive with anything in it. Throws <see cref="FeedException"/> where it is not.</summary>
    public static Task CheckAsync(Stream archive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var members = Guarded(() => new ArchiveMembers(archive));
        return members.IsEmpty ? throw new FeedException("The archive is empty.") : Task.CompletedTask;
    }

    private static AdvisoryItem ItemOf(ArchiveMember member, Stream inflated, ref byte[] buffer)
    {
        var name = Path.GetFileNameWithoutExtension(member.Name);
        if (member.Data is null || member.IsStored)
        {
            return member.Data is null ? new AdvisoryItem(name, null, null) : AdvisoryItem.Parse(name, member.Data);
        }

        if (buffer.Length < member.Size)
        {
            buffer = new byte[member.Size];
        }

        var json = buffer.AsMemory(0, member.Size);
        Guarded(() =>
        {
            inflated.ReadExactly(json.Span);
            return true;
        });
        return new AdvisoryItem(name, member.Data, OsvReader.TryParse(json.Span, out var record) ? record : null);
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

    private static FeedException Broken(Exception exception) => exception is InvalidDataException or EndOfStreamException
        ? new FeedException("The archive is damaged or not whole.", exception)
        : new FeedException($"The archive can't be read: {exception.Message}", exception);
}
