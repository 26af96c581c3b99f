using ScoutDashboard.Analysis;

namespace ScoutDashboard.Cli;

/// <summary>Where a result goes: standard output, or a file that appears whole or not at all.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string? _temporary;

    private OutputFile(Stream stream, string? path, string? temporary) => (Stream, _path, _temporary) = (stream, path, temporary);

    public Stream Stream { get; }

    /// <param name="path">The file; null for standard output.</param>
    public static OutputFile Open(string? path)
    {
        if (path is null)
        {
            return new OutputFile(new BufferedStream(Console.OpenStandardOutput(), 64 << 10), null, null);
        }

        var whole = Path.GetFullPath(path);
        if (Directory.Exists(whole) || !Directory.Exists(Path.GetDirectoryName(whole)))
        {
            throw new AnalysisException($"{path} can't be written: {(Directory.Exists(whole) ? "it is a folder" : "its folder does not exist")}.");
        }

        // Beside the target, since only within one file system is moving one step.
        var temporary = $"{whole}.{Guid.NewGuid():n}.tmp";
        return new OutputFile(new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 << 10, useAsync: true), whole, temporary);
    }

    /// <summary>Says that everything is written; without it the file is as it was.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await Stream.FlushAsync(cancellationToken);
        if (_path is not null)
        {
            await Stream.DisposeAsync();
            File.Move(_temporary!, _path, overwrite: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }
    }
}
