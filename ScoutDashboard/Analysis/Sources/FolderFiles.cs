namespace ScoutDashboard.Analysis.Sources;

/// <summary>A layout folder. Names come from code and digests, never from what lies in it.</summary>
internal sealed class FolderFiles(string folder) : ISourceFiles
{
    public Stream? TryOpen(string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        // Build tools link blobs into layouts. A pipe or device has no length, and opening one could wait forever.
        file = file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : file;
        return !file.Exists ? null : file.Length == 0 ? Stream.Null
            : new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    public void Dispose()
    {
    }
}
