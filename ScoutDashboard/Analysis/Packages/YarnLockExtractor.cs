using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// What <c>yarn.lock</c> names, by lines: version 1 (yarnpkg/yarn, src/lockfile) and that of Berry, which is a small part of YAML (yarnpkg/berry,
/// packages/yarnpkg-parsers). An entry begins without indent with what was asked for and ends with a colon; two spaces deeper it tells what was chosen.
/// </summary>
internal sealed class YarnLockExtractor(FormatLimits limits) : IPackageExtractor
{
    private static readonly string[] Local = ["workspace:", "link:", "portal:", "file:"];

    public string Id => "yarn-lock";
    public int Version => 1;
    public int MaxFileSize => limits.LockFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["yarn.lock"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        _ = PathSuffix.Folder(path, out var name);
        return name is "yarn.lock" && !NpmLockExtractor.IsInstalled(path);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var declared = new DeclaredList(path, "npm", limits);
        var isYarns = false;
        var entry = default(Entry);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            var line = Encoding.UTF8.GetString(lines.Current).TrimEnd();
            if (line is [] or ['#', ..])
            {
                isYarns |= line.StartsWith("# yarn lockfile v1", StringComparison.Ordinal);
            }
            else if (line[0] != ' ')
            {
                entry.AddTo(declared);
                entry = line is [.. var asked, ':'] ? new Entry(asked) : throw new InvalidDataException("An entry of the lock file has no name.");
                isYarns |= asked == "__metadata";
            }
            else if (line is [' ', ' ', not ' ', ..])
            {
                entry = entry.With(line.AsSpan(2));
            }
        }

        entry.AddTo(declared);
        return isYarns ? declared.ToScan() : throw new InvalidDataException("The file is no lock file of yarn.");
    }

    private readonly record struct Entry(string? Asked, string? Version = null, string? Resolution = null)
    {
        // version "1.0.0", version: 1.0.0, resolution: "a@npm:1.0.0"
        public Entry With(ReadOnlySpan<char> line)
        {
            var space = line.IndexOf(' ');
            var value = space < 0 ? "" : line[(space + 1)..].Trim().Trim('"').ToString();
            return (space < 0 ? default : line[..space].TrimEnd(':')) switch
            {
                "version" => this with { Version = value },
                "resolution" => this with { Resolution = value },
                _ => this,
            };
        }

        public void AddTo(DeclaredList declared)
        {
            if (Asked is null or "__metadata")
            {
                return;
            }

            // Of several that were asked for, the first tells the name as well as any.
            var first = Asked.TrimStart('"');
            var end = first.AsSpan().IndexOfAny('"', ',');
            if (!NpmName.TrySplit(Resolution ?? (end < 0 ? first : first[..end]), out var name, out var range))
            {
                declared.Add(null, null);
            }
            else if (!Array.Exists(Local, local => range.StartsWith(local, StringComparison.Ordinal)))
            {
                // name@npm:real@range: an alias, where no resolution tells.
                var isAlias = Resolution is null && range.StartsWith("npm:", StringComparison.Ordinal) && NpmName.TrySplit(range["npm:".Length..], out name, out _);
                declared.Add(isAlias || name.Length > 0 ? name : null, Version);
            }
        }
    }
}
