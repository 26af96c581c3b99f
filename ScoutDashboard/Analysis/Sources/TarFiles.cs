using System.Formats.Tar;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>The files of a tar on disk: its headers are read once, its bodies stay where they are.</summary>
internal sealed class TarFiles : ISourceFiles
{
    private const int MaxEntries = 100_000;
    private const int MaxLinks = 8;

    private readonly FileStream _file;
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    private TarFiles(FileStream file) => _file = file;

    /// <summary>Throws <see cref="AnalysisException"/> for what is no tar, or one of more than 100,000 entries.</summary>
    public static async Task<TarFiles> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var files = new TarFiles(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, FileOptions.Asynchronous));
        try
        {
            await files.ReadHeadersAsync(cancellationToken);
            return files;
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or EndOfStreamException or ArgumentException)
        {
            files.Dispose();
            throw new AnalysisException($"{Path.GetFileName(path)} is not a tar archive that can be read. If it is compressed, unpack it first.", exception);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public Stream? TryOpen(string name)
    {
        for (var links = 0; links <= MaxLinks && _places.TryGetValue(name, out var place); links++)
        {
            if (place.Target is null)
            {
                return new FileSlice(_file.SafeFileHandle, place.Offset, place.Length);
            }

            name = place.Target;
        }

        return null;
    }

    public void Dispose() => _file.Dispose();

    private async Task ReadHeadersAsync(CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(_file, leaveOpen: true);
        for (var count = 0; await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry; count++)
        {
            if (count == MaxEntries)
            {
                throw new AnalysisException($"{Path.GetFileName(_file.Name)} has more than {MaxEntries} entries; an image's archive has few.");
            }

            // A later entry of the same name takes its place, as when the archive is unpacked.
            var name = Within("", entry.Name);
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    _places[name] = new Place(entry.DataOffset, entry.Length, null);
                    break;
                case TarEntryType.SymbolicLink:
                    _places[name] = new Place(0, 0, Within(name[..(name.LastIndexOf('/') + 1)], entry.LinkName));
                    break;
                case TarEntryType.HardLink:
                    _places[name] = new Place(0, 0, Within("", entry.LinkName));
                    break;
            }
        }
    }

    // Only ever a key of the dictionary, so that ".." can lead nowhere but to another name.
    private static string Within(string folder, string path)
    {
        var parts = new List<string>();
        foreach (var part in (folder + path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private readonly record struct Place(long Offset, long Length, string? Target);
}
