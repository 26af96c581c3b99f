using System.Buffers;
using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Well-known programs and libraries that no package database lists, by the version text that each carries; matched by the names of Bitnami's advisories, which
/// tell upstream versions, where these know the program.
/// </summary>
internal sealed class ProgramExtractor(FormatLimits limits) : IPackageExtractor
{
    // The texts were read from the programs of Debian 12 and of the projects' own builds. Bitnami has no advisories on those without a name at the end.
    private static readonly ProgramMark[] Marks =
    [
        new("node", ["node", "nodejs", "libnode"], "node.js/v", Parts: 3, Advisories: "node"),
        new("python", ["python3", "libpython3"], "\03.", Parts: 2, Prefix: "3.", IsWhole: true, Advisories: "python"),
        new("php", ["php", "php-fpm", "php-cgi", "libphp"], "X-Powered-By: PHP/", Parts: 3, Advisories: "php"),
        new("ruby", ["ruby", "libruby"], "ruby ", Parts: 3, Advisories: "ruby"),
        new("perl", ["perl", "libperl"], "\0v5.", Parts: 2, Prefix: "5.", IsWhole: true),
        new("redis", ["redis-server", "redis-sentinel", "redis-check-aof", "redis-check-rdb"], "\0", Parts: 3, IsWhole: true, HasBuildId: true, Advisories: "redis"),
        new("valkey", ["valkey-server", "valkey-sentinel", "valkey-check-aof", "valkey-check-rdb"], "\0", Parts: 3, IsWhole: true, HasBuildId: true, Advisories: "valkey"),
        new("postgresql", ["postgres"], "PostgreSQL ", Parts: 2, Advisories: "postgresql"),
        new("mysql", ["mysqld"], "/mysql-", Parts: 3),
        new("mariadb", ["mariadbd", "mysqld"], "-MariaDB", Parts: 3, IsBefore: true, Advisories: "mariadb"),
        new("nginx", ["nginx"], "nginx version: nginx/", Parts: 3, Advisories: "nginx"),
        new("apache", ["httpd", "apache2"], "Apache/", Parts: 3, Advisories: "apache"),
        new("haproxy", ["haproxy"], " version ", Parts: 3, Advisories: "haproxy"),
        new("memcached", ["memcached"], "memcached ", Parts: 3, Advisories: "memcached"),
        new("git", ["git"], "git/", Parts: 3, Advisories: "git"),
        new("openssl", ["openssl", "libcrypto"], "OpenSSL ", Parts: 3),
        new("busybox", ["busybox"], "BusyBox v", Parts: 3),
        new("bash", ["bash"], "@(#)Bash version ", Parts: 3),
        new("curl", ["curl"], "curl ", Parts: 3),
        new("libcurl", ["libcurl"], "libcurl/", Parts: 3),
    ];

    public string Id => "program";
    public int Version => 1;
    public int MaxFileSize => limits.ProgramBytes;

    public IReadOnlyList<string> Endings { get; } = [];

    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head)
    {
        if (!ProgramFile.Is(head))
        {
            return false;
        }

        _ = PathSuffix.Folder(path, out var file);
        foreach (var mark in Marks)
        {
            if (mark.IsNamed(file))
            {
                return true;
            }
        }

        return false;
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        _ = PathSuffix.Folder(path, out var file);
        var isCut = false;
        foreach (var mark in Marks)
        {
            if (mark.IsNamed(file) && mark.VersionIn(content, ref isCut) is { } version)
            {
                return new FileScan([new FoundPackage("generic", mark.Name, version, SourceName: mark.Advisories)]);
            }
        }

        return isCut ? throw new FormatLimitException($"More than {ProgramMark.MaxCandidates} texts of the program look like its version.") : FileScan.Empty;
    }
}

/// <summary>How a program's version is found in its bytes: a literal text, and the number that follows it.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Files">How its files are called, without version and extension.</param>
/// <param name="Text">The literal.</param>
/// <param name="Parts">Numbers that the version has at least behind the literal.</param>
/// <param name="Prefix">What of the version belongs to the literal.</param>
/// <param name="IsWhole">Whether nothing but a NUL may follow the version.</param>
/// <param name="IsBefore">Whether the version stands before the literal.</param>
/// <param name="HasBuildId">Whether the same version must stand once more with the build's id right behind it; programs hold many numbers of that form.</param>
/// <param name="Advisories">Name in Bitnami's advisories; null where they know none.</param>
internal sealed record ProgramMark(
    string Name, string[] Files, string Text, int Parts, string Prefix = "", bool IsWhole = false, bool IsBefore = false, bool HasBuildId = false, string? Advisories = null)
{
    private const int MaxVersion = 24;
    public const int MaxCandidates = 200;
    private static readonly SearchValues<byte> Digits = SearchValues.Create(".0123456789"u8);
    private readonly byte[] _text = Encoding.ASCII.GetBytes(Text);

    /// <summary>"python3.11", "libcrypto.so.3", "libcrypto-3-x64.dll", "ruby3.1": the name, and then nothing but versions and extensions.</summary>
    public bool IsNamed(ReadOnlySpan<char> file)
    {
        foreach (var name in Files)
        {
            if (file.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (file.Length == name.Length || file[name.Length] is '.' or '-' or (>= '0' and <= '9')))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="program">The program's bytes.</param>
    /// <param name="isCut">Set where so much looks like a version that not all was looked at: each look costs a search of the whole program.</param>
    public string? VersionIn(ReadOnlySpan<byte> program, ref bool isCut)
    {
        var at = 0;
        for (var candidates = 0; program[at..].IndexOf(_text) is var next and >= 0;)
        {
            if (candidates == MaxCandidates)
            {
                isCut = true;
                return null;
            }

            var start = at + next;
            at = start + _text.Length;
            var version = IsBefore ? Before(program[..start]) : After(program[at..]);
            if (version is not null && (!HasBuildId || IsBuildOf(program, version)))
            {
                return Prefix + version;
            }

            candidates += version is null ? 0 : 1;

            at = IsWhole ? start + 1 : at;
        }

        return null;
    }

    // Digits in groups parted by dots; letters may follow the last group (OpenSSL 1.1.1w).
    private string? After(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxVersion)];
        var end = text.IndexOfAnyExcept(Digits);
        if (end <= 0 || text[end - 1] == '.')
        {
            return null;
        }

        var version = text[..end];
        var next = text[end];
        if (Name == "openssl" && next is >= (byte)'a' and <= (byte)'z')
        {
            version = text[..(end + 1)];
            next = 0;
        }

        return version[0] != '.' && version.Count((byte)'.') + 1 >= Parts && version.IndexOf(".."u8) < 0 && (!IsWhole || next == 0) ? Encoding.ASCII.GetString(version) : null;
    }

    private string? Before(ReadOnlySpan<byte> text)
    {
        var start = text.LastIndexOfAnyExcept(Digits) + 1;
        var version = text[start..];
        return version.Length is > 0 and <= MaxVersion && version[0] != '.' && version[^1] != '.' && version.Count((byte)'.') + 1 >= Parts ? Encoding.ASCII.GetString(version) : null;
    }

    // "7.2.4" and, elsewhere, "7.2.4buildkitsandbox-1706123456000000000" (redis, src/release.c).
    private static bool IsBuildOf(ReadOnlySpan<byte> program, string version)
    {
        const int leastId = 16;
        var bytes = Encoding.ASCII.GetBytes(version);
        while (program.IndexOf(bytes) is var next and >= 0)
        {
            program = program[(next + bytes.Length)..];
            var length = program.IndexOfAnyExceptInRange((byte)'-', (byte)'z');
            if (length >= leastId && program[..length].IndexOfAny((byte)'/', (byte)'.') < 0 && program[(length - 10)..length].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            {
                return true;
            }
        }

        return false;
    }
}
