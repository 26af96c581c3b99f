namespace ScoutDashboard.Analysis.Sources;

/// <summary>The files of an image layout, by their names in it: a folder's, or a tar's.</summary>
internal interface ISourceFiles : IDisposable
{
    /// <summary>A new stream at the file's beginning, of known length; null where there is no such file.</summary>
    Stream? TryOpen(string name);
}
