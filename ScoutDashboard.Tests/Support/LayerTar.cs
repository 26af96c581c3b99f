using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ScoutDashboard.Tests.Support;

/// <summary>Writes a layer's tar by hand, valid or not; and compresses it.</summary>
public sealed class LayerTar
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public LayerTar File(string path, string content) => File(path, Encoding.UTF8.GetBytes(content));

    public LayerTar File(string path, ReadOnlySpan<byte> content, char type = '0') => Entry(path, type, "", content);

    public LayerTar Directory(string path) => Entry(path + "/", '5', "", []);

    public LayerTar Symlink(string path, string target) => Entry(path, '2', target, []);

    public LayerTar HardLink(string path, string target) => Entry(path, '1', target, []);

    /// <summary>Deletes a path of lower layers.</summary>
    public LayerTar Whiteout(string path)
    {
        var slash = path.LastIndexOf('/') + 1;
        return File($"{path[..slash]}.wh.{path[slash..]}", "");
    }

    /// <summary>Hides what lower layers have in a folder.</summary>
    public LayerTar Opaque(string folder) => File(folder.Length == 0 ? ".wh..wh..opq" : $"{folder}/.wh..wh..opq", "");

    /// <summary>A pax extended header for the next entry.</summary>
    public LayerTar Pax(params ReadOnlySpan<(string Key, string Value)> records)
    {
        var body = new StringBuilder();
        foreach (var (key, value) in records)
        {
            body.Append(Record(key, value));
        }

        return Entry("PaxHeaders/x", 'x', "", Encoding.UTF8.GetBytes(body.ToString()));
    }

    /// <summary>A whole entry; long names need <see cref="Pax"/> or a GNU 'L' entry before it.</summary>
    public LayerTar Entry(string path, char type, string link, ReadOnlySpan<byte> content)
    {
        if (Encoding.UTF8.GetByteCount(path) > 100 && type is not ('x' or 'L' or 'K'))
        {
            Pax(("path", path));
            path = path[..50];
        }

        _bytes.Write(Header(path, type, link, content.Length));
        _bytes.Write(content);
        return Pad();
    }

    public LayerTar Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>One ustar header block; <paramref name="change"/> alters it before the checksum is made.</summary>
    public static byte[] Header(string path, char type, string link, long size, Action<byte[]>? change = null)
    {
        var header = new byte[512];
        Encoding.UTF8.GetBytes(path).CopyTo(header, 0);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "0000000\0"u8.CopyTo(header.AsSpan(108));
        "0000000\0"u8.CopyTo(header.AsSpan(116));
        Octal(size, 11).CopyTo(header, 124);
        Octal(0, 11).CopyTo(header, 136);
        header[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).CopyTo(header, 157);
        "ustar\00000"u8.CopyTo(header.AsSpan(257));
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header.Sum(value => value), 6).CopyTo(header, 148);
        header[154] = 0;
        return header;
    }

    public byte[] ToArray(bool endMarker = true) => endMarker ? [.. _bytes.WrittenSpan, .. new byte[1024]] : _bytes.WrittenSpan.ToArray();

    public byte[] ToGzip() => Gzip(ToArray());

    public static byte[] Gzip(byte[] content, int members = 1)
    {
        using var compressed = new MemoryStream();
        for (var member = 0; member < members; member++)
        {
            using var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(content.AsSpan((content.Length * member / members)..(content.Length * (member + 1) / members)));
        }

        return compressed.ToArray();
    }

    public static byte[] Zstd(byte[] content)
    {
        using var compressor = new ZstdSharp.Compressor();
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor.Wrap(content).ToArray();
    }

    private LayerTar Pad()
    {
        _bytes.Write(new byte[-_bytes.WrittenCount & 511]);
        return this;
    }

    private static byte[] Octal(long value, int digits) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(digits, '0') + "\0");

    // The length counts its own digits.
    private static string Record(string key, string value)
    {
        var rest = Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 3;
        var length = rest + 1;
        while (rest + length.ToString(CultureInfo.InvariantCulture).Length != length)
        {
            length++;
        }

        return $"{length} {key}={value}\n";
    }
}
