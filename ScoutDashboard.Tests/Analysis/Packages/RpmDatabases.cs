using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Makes rpm headers, and databases of each form that hold them.</summary>
internal static class RpmDatabases
{
    /// <summary>A header with a region tag, as rpm 4 writes it, and <paramref name="padding"/> bytes of description.</summary>
    public static byte[] Header(string name, string version, string release, int? epoch = null, string? architecture = "x86_64", string? source = null, int padding = 0, string? vendor = null, string[]? files = null, string? modularity = null)
    {
        var entries = new List<(int Tag, int Type, int Offset, int Count)> { (63, 7, 0, 16) };
        var data = new List<byte>(new byte[16]);
        Add(1000, name);
        Add(1001, version);
        Add(1002, release);
        if (epoch is { } number)
        {
            while (data.Count % 4 != 0)
            {
                data.Add(0);
            }

            entries.Add((1003, 4, data.Count, 1));
            data.AddRange(Big(number));
        }

        Add(1011, vendor);
        AddFiles(files ?? []);
        Add(1022, architecture);
        Add(1044, source);
        Add(5096, modularity);
        Add(1005, padding > 0 ? new string('x', padding) : null);
        return [.. Big(entries.Count), .. Big(data.Count), .. entries.SelectMany(e => (byte[])[.. Big(e.Tag), .. Big(e.Type), .. Big(e.Offset), .. Big(e.Count)]), .. data];

        // Each file with a folder of its own, the indexes last to first.
        void AddFiles(string[] paths)
        {
            if (paths.Length > 0)
            {
                data.AddRange(new byte[(4 - (data.Count % 4)) % 4]);
                entries.Add((1116, 4, data.Count, paths.Length));
                data.AddRange(paths.SelectMany((_, index) => Big(paths.Length - 1 - index)));
                entries.Add((1117, 8, data.Count, paths.Length));
                data.AddRange(paths.SelectMany(path => Encoding.UTF8.GetBytes($"{Path.GetFileName(path)}\0")));
                entries.Add((1118, 8, data.Count, paths.Length));
                data.AddRange(paths.Reverse().SelectMany(path => Encoding.UTF8.GetBytes($"/{Path.GetDirectoryName(path)}/\0")));
            }
        }

        void Add(int tag, string? text)
        {
            if (text is not null)
            {
                entries.Add((tag, 6, data.Count, 1));
                data.AddRange(Encoding.UTF8.GetBytes(text));
                data.Add(0);
            }
        }
    }

    /// <summary>An SQLite database as rpm lays it out, written by SQLite itself; and its log, empty unless <paramref name="isLogged"/>.</summary>
    public static (byte[] File, byte[] Log) Sqlite(int pageSize, bool isLogged, params byte[][] headers)
    {
        var folder = Directory.CreateTempSubdirectory("scout-rpm-");
        try
        {
            var path = Path.Combine(folder.FullName, "rpmdb.sqlite");
            using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            Run(connection, $"PRAGMA page_size={pageSize}; PRAGMA journal_mode={(isLogged ? "WAL" : "DELETE")}; PRAGMA wal_autocheckpoint=0;");
            Run(connection, "CREATE TABLE Name (key TEXT NOT NULL, hnum INTEGER, idx INTEGER); CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);");
            foreach (var header in headers)
            {
                using var insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO Name VALUES ('x', 1, 1); INSERT INTO Packages (blob) VALUES ($blob)";
                insert.Parameters.AddWithValue("$blob", header);
                insert.ExecuteNonQuery();
            }

            return (ReadShared(path), File.Exists(path + "-wal") ? ReadShared(path + "-wal") : []);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static byte[] Ndb(params byte[][] headers)
    {
        var file = new List<byte>(new byte[4096]);
        var slots = new byte[4096];
        "RpmP"u8.CopyTo(slots);
        Little(slots, 12, 1);
        Little(slots, 16, headers.Length + 1);
        for (var at = 32; at < slots.Length; at += 16)
        {
            "Slot"u8.CopyTo(slots.AsSpan(at));
        }

        foreach (var (index, header) in headers.Index())
        {
            var length = (16 + header.Length + 12 + 15) / 16 * 16;
            var blob = new byte[length];
            "BlbS"u8.CopyTo(blob);
            Little(blob, 4, index + 1);
            Little(blob, 12, header.Length);
            header.CopyTo(blob, 16);
            Little(blob, length - 8, header.Length);
            "BlbE"u8.CopyTo(blob.AsSpan(length - 4));
            // The first slot stays free, as after a package was removed.
            var slot = 32 + ((index + 1) * 16);
            Little(slots, slot + 4, index + 1);
            Little(slots, slot + 8, file.Count / 16);
            Little(slots, slot + 12, length / 16);
            file.AddRange(blob);
        }

        slots.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(file));
        return [.. file];
    }

    /// <summary>Small headers lie in their hash page, large ones on a chain of pages.</summary>
    public static byte[] Bdb(bool isBigEndian, params byte[][] headers)
    {
        const int size = 512;
        var pages = new List<byte[]> { new byte[size], new byte[size] };
        var items = new List<byte[]>();
        foreach (var (index, header) in headers.Prepend(new byte[4]).Index())
        {
            items.Add([1, .. index == 0 ? new byte[4] : Number(index)]);
            items.Add(header.Length < 150 ? [1, .. header] : Chain(header));
        }

        var (meta, hash) = (pages[0], pages[1]);
        Put(meta, 12, 0x00061561);
        Put(meta, 16, 9);
        Put(meta, 20, size);
        meta[25] = 8;
        Put(meta, 32, pages.Count - 1);
        hash[25] = 13;
        PutShort(hash, 20, items.Count);
        var end = size;
        foreach (var (index, item) in items.Index())
        {
            end -= item.Length;
            item.CopyTo(hash, end);
            PutShort(hash, 26 + (2 * index), end);
        }

        return [.. pages.SelectMany(page => page)];

        byte[] Chain(byte[] header)
        {
            var first = pages.Count;
            foreach (var part in header.Chunk(size - 26))
            {
                var page = new byte[size];
                page[25] = 7;
                PutShort(page, 22, part.Length);
                part.CopyTo(page, 26);
                Put(page, 16, pages.Count + 1);
                pages.Add(page);
            }

            Put(pages[^1], 16, 0);
            return [3, 0, 0, 0, .. Number(first), .. Number(header.Length)];
        }

        byte[] Number(int value)
        {
            var bytes = new byte[4];
            Put(bytes, 0, value);
            return bytes;
        }

        void Put(byte[] bytes, int at, int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        }

        void PutShort(byte[] bytes, int at, int value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), isBigEndian ? BinaryPrimitives.ReverseEndianness((ushort)value) : (ushort)value);
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is this file's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static void Little(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
}
