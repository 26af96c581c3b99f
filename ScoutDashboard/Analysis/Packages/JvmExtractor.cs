using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>A Java runtime, by the <c>release</c> file in its folder (JEP 223 for versions from 9 on).</summary>
internal sealed class JvmExtractor(FormatLimits limits) : IPackageExtractor
{
    // What implementors call their build; the others are told as OpenJDK, which they build.
    private static readonly (string Implementor, string Name)[] Builds =
    [
        ("Eclipse Adoptium", "temurin"), ("Eclipse Foundation", "temurin"), ("Microsoft", "microsoft-openjdk"), ("Amazon.com", "corretto"), ("Azul", "zulu"),
        ("BellSoft", "liberica"), ("SAP", "sapmachine"), ("GraalVM", "graalvm"),
    ];

    public string Id => "jvm";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = [];

    // Many things are called "release": whoever means a link to another by it, means no runtime.
    public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => path.EndsWith("/release") && head is [>= (byte)'A' and <= (byte)'Z', ..] && head.IndexOf("=\""u8) > 0;

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext())
        {
            var line = Encoding.UTF8.GetString(lines.Current);
            if (line.IndexOf('=') is var equals and > 0)
            {
                values.TryAdd(line[..equals], line[(equals + 1)..].Trim().Trim('"'));
            }
        }

        if (values.GetValueOrDefault("JAVA_VERSION") is not { Length: > 0 } java)
        {
            return FileScan.Empty;
        }

        var packages = new PackageList(path, limits);
        if (!char.IsAsciiDigit(java[0]))
        {
            packages.AddUnreadable();
            return packages.ToScan();
        }

        var implementor = values.GetValueOrDefault("IMPLEMENTOR", "");
        var build = Array.Find(Builds, build => implementor.StartsWith(build.Implementor, StringComparison.Ordinal)).Name ?? "openjdk";
        var full = values.GetValueOrDefault("FULL_VERSION") ?? values.GetValueOrDefault("JAVA_RUNTIME_VERSION");
        packages.Add(new FoundPackage("generic", build, string.IsNullOrEmpty(full) ? java : full, SourceName: "java", SourceVersion: Release(java)));
        return packages.ToScan();
    }

    // As advisories count: "1.8.0_392" is 8.0.392, "21" is 21.0.0; the fourth number of an unplanned release has no place.
    private static string Release(string version)
    {
        var parts = (version.StartsWith("1.", StringComparison.Ordinal) ? version[2..].Replace('_', '.') : version).Split('.', '-', '+');
        return string.Join('.', parts.TakeWhile(part => part.Length > 0 && part.All(char.IsAsciiDigit)).Concat(["0", "0", "0"]).Take(3));
    }
}
