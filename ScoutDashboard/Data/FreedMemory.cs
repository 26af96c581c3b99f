using System.Runtime.InteropServices;

namespace ScoutDashboard.Data;

/// <summary>
/// Gives memory that SQLite has freed back to the system. Pages of its cache are small and lie in the arenas of many threads: left to itself, glibc keeps a hundred
/// MiB of them for the next time, which may be tomorrow.
/// </summary>
internal static class FreedMemory
{
    private static readonly bool IsGlibc = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out _);

    /// <summary>Where the C library is another one, this does nothing.</summary>
    public static void Return()
    {
        if (IsGlibc)
        {
            _ = Trim(0);
        }
    }

    // malloc_trim(3)
    [DllImport("libc.so.6", EntryPoint = "malloc_trim", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nint pad);
}
