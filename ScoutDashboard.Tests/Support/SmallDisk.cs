using System.ComponentModel;
using System.Diagnostics;

namespace ScoutDashboard.Tests.Support;

/// <summary>A disk in memory that is easily full; needs the right to mount.</summary>
public sealed class SmallDisk(long bytes) : IDisposable
{
    private string? _folder;

    /// <summary>Why this user can't have one; null where they can.</summary>
    public static string? Hindrance()
    {
        var folder = Directory.CreateTempSubdirectory("scout-disk-");
        using var disk = new SmallDisk(1 << 20);
        try
        {
            disk.Mount(folder.FullName);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            return "This user may not mount a file system.";
        }
        finally
        {
            disk.Dispose();
            folder.Delete();
        }
    }

    /// <summary>Lies over this folder from now on, empty.</summary>
    public void Mount(string folder)
    {
        Run("mount", "-t", "tmpfs", "-o", $"size={bytes},mode=700", "tmpfs", folder);
        _folder = folder;
    }

    /// <summary>From now on nothing can be written, or again; nobody may have a file open for that.</summary>
    public void Remount(bool canWrite) => Run("mount", "-o", $"remount,{(canWrite ? "rw" : "ro")}", _folder!);

    /// <summary>Writes a file that takes all the space that is left.</summary>
    public static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 1 << 20; size > 0; size /= 4)
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Smaller pieces go on until not a byte is left.
            }
        }
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Run("umount", "--lazy", _folder);
            _folder = null;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {error}");
        }
    }
}
