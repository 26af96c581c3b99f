using System.Globalization;
using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// What <c>pnpm-lock.yaml</c> names under <c>packages</c>, by lines (pnpm/spec, lockfile): keys <c>/name/1.0.0</c> to version 5, <c>/name@1.0.0</c> in version 6,
/// <c>name@1.0.0</c> since version 9, each with the peers that it was installed with; what comes from elsewhere tells name and version below its key.
/// </summary>
internal sealed class PnpmLockExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string Head = "lockfileVersion:";
    private static readonly string[] Local = ["file:", "link:"];

    public string Id => "pnpm-lock";
    public int Version => 1;
    public int MaxFileSize => limits.LockFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["pnpm-lock.yaml"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        _ = PathSuffix.Folder(path, out var name);
        return name is "pnpm-lock.yaml" && !NpmLockExtractor.IsInstalled(path);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var declared = new DeclaredList(path, "npm", limits);
        var (version, isInPackages) = (-1, false);
        Entry? entry = null;
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            var line = Encoding.UTF8.GetString(lines.Current).TrimEnd();
            if (line is [] or ['#', ..])
            {
                continue;
            }

            if (line[0] != ' ')
            {
                entry?.AddTo(declared);
                entry = null;
                isInPackages = line == "packages:";
                version = line.StartsWith(Head, StringComparison.Ordinal) ? VersionOf(line.AsSpan(Head.Length)) : version;
            }
            else if (isInPackages && line is [' ', ' ', not ' ', ..])
            {
                entry?.AddTo(declared);
                entry = Entry.Of(line.AsSpan(2), isOld: version < 6);
            }
            else if (line is [' ', ' ', ' ', ' ', not ' ', ..])
            {
                entry = entry?.With(line.AsSpan(4));
            }
        }

        entry?.AddTo(declared);
        return version >= 0 ? declared.ToScan() : throw new InvalidDataException("The file is no lock file of pnpm.");
    }

    // 5.4, '6.0', '9.0'
    private static int VersionOf(ReadOnlySpan<char> text)
    {
        text = text.Trim(" '\"");
        var dot = text.IndexOf('.');
        return int.TryParse(dot < 0 ? text : text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : throw new InvalidDataException("The lock file's version can't be read.");
    }

    private sealed record Entry(string Key, string? Name, string? Version)
    {
        public static Entry Of(ReadOnlySpan<char> line, bool isOld)
        {
            var key = (line is [.. var before, ':'] ? before : line).Trim("'\"").ToString();
            var plain = key.IndexOf('(', StringComparison.Ordinal) is var peers and > 0 ? key[..peers] : key;
            if (isOld)
            {
                // /@a/b/1.0.0_peer@2.0.0
                var slash = plain.LastIndexOf('/');
                return plain is ['/', ..] && slash > 1 ? new Entry(key, plain[1..slash], plain[(slash + 1)..].Split('_')[0]) : new Entry(key, null, null);
            }

            return NpmName.TrySplit(plain.TrimStart('/'), out var name, out var version) && version is [>= '0' and <= '9', ..] ? new Entry(key, name, version) : new Entry(key, NpmName.IsValid(name) ? name : null, null);
        }

        // name: a, version: 1.0.0
        public Entry With(ReadOnlySpan<char> line)
        {
            var colon = line.IndexOf(':');
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim(" '\"").ToString();
            return (colon < 0 ? default : line[..colon]) switch
            {
                "name" => this with { Name = value },
                "version" => this with { Version = value },
                _ => this,
            };
        }

        public void AddTo(DeclaredList declared)
        {
            if (!Array.Exists(Local, part => Key.StartsWith(part, StringComparison.Ordinal) || Key.Contains($"@{part}", StringComparison.Ordinal)))
            {
                declared.Add(Name, Version);
            }
        }
    }
}
