namespace ScoutDashboard.Analysis.Packages;

/// <summary>Questions about the end of a normalised path, whole segments only.</summary>
internal static class PathSuffix
{
    /// <summary>Whether <paramref name="path"/> is <paramref name="suffix"/>, or ends with it behind a slash: also true below another root, such as <c>opt/chroot/</c>.</summary>
    public static bool Is(ReadOnlySpan<char> path, ReadOnlySpan<char> suffix) =>
        path.EndsWith(suffix, StringComparison.Ordinal) && (path.Length == suffix.Length || path[^(suffix.Length + 1)] == '/');

    /// <summary>Splits a path at its last slash; the folder of a bare name is empty.</summary>
    public static ReadOnlySpan<char> Folder(ReadOnlySpan<char> path, out ReadOnlySpan<char> name)
    {
        var slash = path.LastIndexOf('/');
        name = path[(slash + 1)..];
        return slash < 0 ? default : path[..slash];
    }
}
