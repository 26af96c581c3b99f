using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Images;
using ZstdSharp;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>A <see cref="LayerScan"/> as bytes for the database: zstd over the length of a JSON document, that document, and the changes.</summary>
public static class LayerScanStorage
{
    private const int MaxBytes = 1 << 30;

    public static byte[] Encode(LayerScan scan)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(
            new StoredScan(scan.Detections, scan.Gaps, scan.WireSize, scan.UncompressedSize, scan.Entries), StoredScanJson.Default.StoredScan);
        var whole = new byte[4 + head.Length + scan.Changes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(whole, head.Length);
        head.CopyTo(whole, 4);
        scan.Changes.CopyTo(whole.AsMemory(4 + head.Length));
        using var compressor = new Compressor(3);
        return compressor.Wrap(whole).ToArray();
    }

    /// <summary>Throws <see cref="InvalidDataException"/> for bytes that are no scan.</summary>
    public static LayerScan Decode(ReadOnlySpan<byte> stored)
    {
        try
        {
            using var decompressor = new Decompressor();
            var whole = decompressor.Unwrap(stored, MaxBytes).ToArray();
            var length = BinaryPrimitives.ReadInt32LittleEndian(whole);
            if (length >= 0 && length <= whole.Length - 4
                && JsonSerializer.Deserialize(whole.AsSpan(4, length), StoredScanJson.Default.StoredScan) is { } head)
            {
                return new LayerScan(head.Detections, whole.AsMemory(4 + length), head.Gaps, head.WireSize, head.UncompressedSize, head.Entries);
            }
        }
        catch (Exception exception) when (exception is ZstdException or JsonException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("A stored layer scan is damaged.", exception);
        }

        throw new InvalidDataException("A stored layer scan is damaged.");
    }
}

internal sealed record StoredScan(IReadOnlyList<Detection> Detections, IReadOnlyList<ScanGap> Gaps, long WireSize, long UncompressedSize, int Entries);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredScan))]
internal sealed partial class StoredScanJson : JsonSerializerContext;
