using ScoutDashboard.Images;
using ZstdSharp;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// The manifest of Ubuntu's chiselled images, which have no dpkg database: <c>var/lib/chisel/manifest.wall</c>, one JSON object a line under zstd
/// (canonical/chisel, public/manifest and public/jsonwall).
/// </summary>
internal sealed class ChiselExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "chisel";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = ["var/lib/chisel/manifest.wall"];

    public bool Wants(ReadOnlySpan<char> path) => PathSuffix.Is(path, "var/lib/chisel/manifest.wall");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var packages = new PackageList(path, limits);
        var unknown = new List<string>();
        var lines = new TextLines(Unpack(content), limits.LineBytes);
        if (!lines.MoveNext() || !IsHead(lines.Current))
        {
            throw new InvalidDataException("The file is no chisel manifest.");
        }

        while (lines.MoveNext())
        {
            // Slices, paths and contents are far more than packages.
            if (lines.Current.IndexOf("\"kind\":\"package\""u8) >= 0)
            {
                Add(lines.Current, packages, unknown);
            }
        }

        var scan = packages.ToScan();
        if (scan.IsEmpty)
        {
            // No image is made of nothing: the manifest has a form that isn't known.
            throw new InvalidDataException("The manifest lists no packages.");
        }

        return unknown.Count == 0 ? scan : scan with
        {
            Gaps = [.. scan.Gaps ?? [], new ScanGap(ScanGapKind.Unsupported, path, $"The manifest names no source packages; those of {string.Join(", ", unknown.Take(10))}"
                + (unknown.Count > 10 ? $" and {unknown.Count - 10} more" : "") + " are not known, so advisories on them may be missed.")],
        };
    }

    private void Add(ReadOnlySpan<byte> line, PackageList packages, List<string> unknown)
    {
        var (kind, name, version, architecture) = JsonDocuments.Read(line, limits, entry => (entry.Text("kind"), entry.Text("name"), entry.Text("version"), entry.Text("arch")));
        if (kind != "package")
        {
            return;
        }

        if (name is null || version is null)
        {
            packages.AddUnreadable();
            return;
        }

        var source = UbuntuSources.Of(name, version);
        if (source is null)
        {
            unknown.Add(name);
        }

        packages.Add(new FoundPackage("deb", name, version, architecture, source == name ? null : source));
    }

    private bool IsHead(ReadOnlySpan<byte> line) => JsonDocuments.Read(line, limits, head => head.Text("jsonwall") is not null);

    private byte[] Unpack(ReadOnlySpan<byte> content)
    {
        try
        {
            using var packed = new MemoryStream(content.ToArray(), writable: false);
            using var stream = new DecompressionStream(packed, checkEndOfStream: true);
            return Unpacking.ReadAll(stream, limits.ChiselManifestBytes, "The manifest");
        }
        catch (Exception exception) when (exception is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException("The manifest is not readable as zstd.", exception);
        }
    }
}

/// <summary>The source packages of what chiselled images hold, since their manifest names none (Ubuntu 22.04 to 26.04, package indexes).</summary>
internal static class UbuntuSources
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["libc6"] = "glibc", ["libc-bin"] = "glibc", ["libssl3"] = "openssl", ["libssl3t64"] = "openssl", ["openssl"] = "openssl", ["zlib1g"] = "zlib",
        ["libgssapi-krb5-2"] = "krb5", ["libkrb5-3"] = "krb5", ["libk5crypto3"] = "krb5", ["libkrb5support0"] = "krb5", ["libcom-err2"] = "e2fsprogs",
        ["libkeyutils1"] = "keyutils", ["libexpat1"] = "expat", ["liblttng-ust1"] = "ust", ["liblttng-ust1t64"] = "ust", ["liblttng-ust-common1"] = "ust",
        ["liblttng-ust-common1t64"] = "ust", ["liblttng-ust-ctl5"] = "ust", ["liblttng-ust-ctl5t64"] = "ust", ["libnuma1"] = "numactl", ["liburcu8"] = "liburcu",
        ["liburcu8t64"] = "liburcu", ["libunwind8"] = "libunwind", ["liblzma5"] = "xz-utils", ["libbz2-1.0"] = "bzip2", ["libffi8"] = "libffi", ["libsqlite3-0"] = "sqlite3",
        ["libreadline8"] = "readline", ["libreadline8t64"] = "readline", ["libtinfo6"] = "ncurses", ["libncursesw6"] = "ncurses", ["libuuid1"] = "util-linux",
        ["libbrotli1"] = "brotli", ["libcrypt1"] = "libxcrypt", ["libselinux1"] = "libselinux", ["libpcre2-8-0"] = "pcre2", ["libzstd1"] = "libzstd",
        ["libfreetype6"] = "freetype", ["libfontconfig1"] = "fontconfig", ["libpng16-16"] = "libpng1.6", ["libpng16-16t64"] = "libpng1.6",
        ["libjson-c5"] = "json-c", ["libxml2"] = "libxml2", ["libacl1"] = "acl", ["libattr1"] = "attr", ["libgmp10"] = "gmp", ["libsystemd0"] = "systemd", ["libudev1"] = "systemd",
        ["base-files"] = "base-files", ["base-passwd"] = "base-passwd", ["ca-certificates"] = "ca-certificates", ["tzdata"] = "tzdata", ["tzdata-legacy"] = "tzdata",
        ["media-types"] = "media-types", ["netbase"] = "netbase", ["bash"] = "bash", ["dash"] = "dash", ["busybox"] = "busybox", ["busybox-static"] = "busybox", ["coreutils"] = "coreutils", ["curl"] = "curl",
        ["libcurl4"] = "curl", ["libcurl4t64"] = "curl", ["libuv1"] = "libuv1", ["libuv1t64"] = "libuv1", ["nginx"] = "nginx", ["nginx-common"] = "nginx", ["redis-server"] = "redis",
    };

    public static string? Of(string name, string version) => Known.GetValueOrDefault(name) ?? name switch
    {
        // GCC and ICU have their release in a name: libgcc-s1 14.2.0-4ubuntu2 is of gcc-14, libicu74 of icu.
        "libgcc-s1" or "libstdc++6" or "libgomp1" or "libatomic1" => $"gcc-{Major(version)}",
        _ when name.StartsWith("gcc-", StringComparison.Ordinal) && name.EndsWith("-base", StringComparison.Ordinal) => $"gcc-{Major(version)}",
        _ when name.StartsWith("libicu", StringComparison.Ordinal) && name[6..].All(char.IsAsciiDigit) => "icu",
        _ when name.StartsWith("dotnet-", StringComparison.Ordinal) || name.StartsWith("aspnetcore-", StringComparison.Ordinal) => $"dotnet{Major(version)}",
        _ when name.StartsWith("openjdk-", StringComparison.Ordinal) => $"openjdk-{name.Split('-')[1]}",
        _ when name.StartsWith("libpython3.", StringComparison.Ordinal) || name.StartsWith("python3.", StringComparison.Ordinal) => PythonOf(name),
        _ => null,
    };

    // The digits that the version begins with, behind the epoch.
    private static string Major(string version)
    {
        var text = version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return string.Concat(text.TakeWhile(char.IsAsciiDigit));
    }

    private static string PythonOf(string name)
    {
        var text = name.StartsWith("lib", StringComparison.Ordinal) ? name[3..] : name;
        return text.Split('-')[0];
    }
}
