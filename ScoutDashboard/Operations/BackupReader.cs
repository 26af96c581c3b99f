using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>Unpacks a back-up into an empty folder: only the names that one can have, only as many bytes as its manifest says, only with the digests it says.</summary>
internal static class BackupReader
{
    private const int Block = 512;
    private const int MaxManifestBytes = 1 << 20;
    private const int MaxKeyBytes = 1 << 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 8 };

    /// <param name="stream">The back-up, read once and forward.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="freeBytes">What may be written there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BackupException">It is no back-up, or is damaged.</exception>
    public static async Task<BackupManifest> UnpackAsync(Stream stream, string folder, long freeBytes, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await ReadManifestAsync(stream, cancellationToken);
            var needed = manifest.Files.Sum(file => file.Bytes);
            if (needed > freeBytes)
            {
                throw new BackupException($"The back-up unpacks to {ByteText.Of(needed)}; only {ByteText.Of(freeBytes)} are free for the data folder.");
            }

            foreach (var file in manifest.Files)
            {
                await UnpackAsync(stream, file, folder, cancellationToken);
            }

            return await NextAsync(stream, cancellationToken) is null ? manifest : throw Damaged("it holds more than it says");
        }
        catch (EndOfStreamException exception)
        {
            throw new BackupException("The back-up is damaged: it ends too early.", exception);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (await NextAsync(stream, cancellationToken) is not (BackupManifest.Name, >= 0 and <= MaxManifestBytes and var size))
        {
            throw new BackupException("The file is no back-up of ScoutDashboard.");
        }

        var text = new byte[size];
        await stream.ReadExactlyAsync(text, cancellationToken);
        await SkipPaddingAsync(stream, size, cancellationToken);
        try
        {
            // A text that is null where the class says that it is not is no manifest, either.
            var manifest = JsonSerializer.Deserialize<BackupManifest>(text, Json) is { Version: not null, Schema: not null, KeyNames: not null, Files: not null } read ? read : throw Damaged("what it says of itself can't be read");
            return manifest.Format != BackupManifest.CurrentFormat ? throw new BackupException($"The back-up's format is {manifest.Format}; this version reads {BackupManifest.CurrentFormat}.")
                : IsPossible(manifest) ? manifest : throw Damaged("what it says of itself can't be");
        }
        catch (JsonException exception)
        {
            throw new BackupException("The back-up is damaged: what it says of itself can't be read.", exception);
        }
    }

    private static bool IsPossible(BackupManifest manifest)
    {
        var keys = manifest.Files.Skip(1).ToList();
        return manifest.Files is [{ Name: BackupManifest.Database, Bytes: > 0 }, ..] && keys.Count <= BackupManifest.MaxKeys && manifest.KeyNames.Count <= BackupManifest.MaxKeys
            && manifest.Files.All(file => file is { Bytes: >= 0 and < 1L << 50, Sha256.Length: 64 })
            && keys.TrueForAll(key => key.Bytes <= MaxKeyBytes && key.Name?.Split('/') is [BackupManifest.KeyFolder, var name] && BackupManifest.IsKeyName(name))
            && keys.DistinctBy(key => key.Name, StringComparer.OrdinalIgnoreCase).Count() == keys.Count;
    }

    private static async Task UnpackAsync(Stream stream, BackupEntry file, string folder, CancellationToken cancellationToken)
    {
        if (await NextAsync(stream, cancellationToken) != (file.Name, file.Bytes))
        {
            throw Damaged("its entries are not those that it names");
        }

        var path = Path.Combine(folder, file.Name);
        ScoutPaths.CreateOwnFolder(Path.GetDirectoryName(path)!);
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        for (var left = file.Bytes; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await stream.ReadExactlyAsync(part, cancellationToken);
            hash.AppendData(part.Span);
            await target.WriteAsync(part, cancellationToken);
            left -= part.Length;
        }

        await SkipPaddingAsync(stream, file.Bytes, cancellationToken);
        target.Flush(flushToDisk: true);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw Damaged($"{file.Name} is not what was backed up");
        }
    }

    // A header of POSIX ustar or GNU tar; of these only plain files with a name of up to 99 bytes. Null at the end.
    private static async Task<(string Name, long Size)?> NextAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[Block];
        await stream.ReadExactlyAsync(header, cancellationToken);
        if (!header.AsSpan().ContainsAnyExcept((byte)0))
        {
            return null;
        }

        var sum = header.Sum(b => b) - header[148..156].Sum(b => b) + (8 * ' ');
        return Number(header.AsSpan(148, 8)) == sum && header[156] is (byte)'0' && Number(header.AsSpan(124, 12)) is { } size
            ? (Encoding.ASCII.GetString(header.AsSpan(0, 100)).TrimEnd('\0'), size) : throw Damaged("a header can't be read");
    }

    // Octal digits, or GNU's binary form where the first bit is set.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return field[0] == 0x80 && !field[1..^8].ContainsAnyExcept((byte)0) && BinaryPrimitives.ReadInt64BigEndian(field[^8..]) is >= 0 and var binary ? binary : null;
        }

        long value = 0;
        foreach (var digit in field.Trim((byte)0).Trim((byte)' ').Trim((byte)0))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value << 3) + (digit - '0');
        }

        return value;
    }

    private static async Task SkipPaddingAsync(Stream stream, long size, CancellationToken cancellationToken) =>
        await stream.ReadExactlyAsync(new byte[(Block - (int)(size % Block)) % Block], cancellationToken);

    private static BackupException Damaged(string why) => new($"The back-up is damaged: {why}.");
}
