using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Advisories;

/// <summary>Ids of all records of an archive, each kept as 128 bits of its SHA-256: the ids themselves would take three times the memory, which a large archive needs for long.</summary>
internal sealed class RecordIds
{
    private const int ShortId = 256;
    private readonly HashSet<UInt128> _ids = [];

    public int Count => _ids.Count;

    /// <returns>False where it is known already.</returns>
    public bool Add(string id) => _ids.Add(Digest(id));

    public bool Contains(string id) => _ids.Contains(Digest(id));

    private static UInt128 Digest(string id)
    {
        Span<byte> buffer = stackalloc byte[ShortId];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(Encoding.UTF8.TryGetBytes(id, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(id), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
