using System.Runtime.InteropServices;
using System.Text;

namespace ScoutDashboard.Benchmarks;

/// <summary>What the layers hold: always the same on the same machine, and the made-up ones on every machine.</summary>
internal static class LayerContents
{
    private const int TextLength = 1 << 20;
    private static readonly EnumerationOptions RealFilesOnly = new()
    {
        RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
    };

    /// <summary>
    /// Libraries, programs and texts of this machine: the shared frameworks and the SDK of .NET, and <c>/usr/lib</c> where there is one. A third of
    /// <paramref name="bytes"/> from each, taken evenly from all over the folder, so that no single product fills the layer.
    /// </summary>
    public static IEnumerable<LayerContent> RealFiles(long bytes)
    {
        var dotnet = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName;
        string[] folders = [.. new[] { Path.Combine(dotnet, "shared"), Path.Combine(dotnet, "sdk"), "/usr/lib" }.Where(Directory.Exists)];
        return folders.SelectMany(folder => Sample(folder, bytes / folders.Length));
    }

    /// <summary>Texts of up to a kilobyte.</summary>
    public static IEnumerable<LayerContent> SmallFiles(int count)
    {
        var random = new Random(1);
        var text = Text(random);
        for (var file = 0; file < count; file++)
        {
            yield return Of($"srv/data/{file / 10_000:d2}/{file / 100 % 100:d2}/document-{file:d6}.txt", Slice(random, text, 0, 1024));
        }
    }

    /// <summary>A <c>node_modules</c> folder: each package with its manifest, its code, its documentation and its licence.</summary>
    public static IEnumerable<LayerContent> NodeModules(int packages)
    {
        var random = new Random(2);
        var text = Text(random);
        for (var package = 0; package < packages; package++)
        {
            var name = package % 4 == 0 ? $"@scope-{package % 97}/package-{package}" : $"package-{package}";
            yield return Of($"app/node_modules/{name}/package.json", Manifest(random, name));
            yield return Of($"app/node_modules/{name}/index.js", Slice(random, text, 500, 12_000));
            yield return Of($"app/node_modules/{name}/README.md", Slice(random, text, 500, 4_000));
            yield return Of($"app/node_modules/{name}/LICENSE", text.AsMemory(0, 1_100));
        }
    }

    /// <summary>Files of one size; every second one begins as a program, so that extractors read all of it.</summary>
    public static IEnumerable<LayerContent> Programs(int count, int size)
    {
        var random = new Random(3);
        var bytes = new byte[size + count];
        random.NextBytes(bytes);
        for (var at = 0; at < bytes.Length; at++)
        {
            // Half of a byte's values: packs to about seven eighths, as machine code does not, but fast.
            bytes[at] &= 0x7f;
        }

        for (var file = 0; file < count; file++)
        {
            var content = bytes.AsSpan(file, size).ToArray();
            if (file % 2 == 0)
            {
                "\u007fELF"u8.CopyTo(content);
            }

            yield return Of($"opt/programs/program-{file:d5}", content);
        }
    }

    private static IEnumerable<LayerContent> Sample(string folder, long bytes)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", RealFilesOnly).Where(file => file.Length > 0)
            .OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
        var share = Math.Min(1, (double)bytes / Math.Max(1, files.Sum(file => file.Length)));
        var due = 0.0;
        foreach (var file in files)
        {
            due += file.Length * share;
            if (due >= file.Length)
            {
                due -= file.Length;
                yield return new LayerContent(file.FullName.TrimStart('/').Replace('\\', '/'), file.OpenRead);
            }
        }
    }

    private static byte[] Manifest(Random random, string name)
    {
        var dependencies = string.Join(",\n", Enumerable.Range(0, random.Next(12)).Select(_ => $"    \"package-{random.Next(20_000)}\": \"^{random.Next(9)}.{random.Next(20)}.0\""));
        return Encoding.UTF8.GetBytes($$"""
            {
              "name": "{{name}}",
              "version": "{{random.Next(9)}}.{{random.Next(20)}}.{{random.Next(20)}}",
              "description": "A package that a benchmark made up",
              "main": "index.js",
              "repository": { "type": "git", "url": "git+https://example.org/{{name}}.git" },
              "scripts": { "test": "node test", "build": "tsc -p .", "lint": "eslint ." },
              "keywords": ["made", "up", "benchmark"],
              "author": { "name": "Nobody", "email": "nobody@example.org" },
              "license": "MIT",
              "dependencies": {
            {{dependencies}}
              },
              "engines": { "node": ">=18" }
            }
            """);
    }

    private static byte[] Text(Random random)
    {
        var words = Enumerable.Range(0, 4000).Select(_ => string.Create(random.Next(2, 11), random, (word, source) =>
        {
            for (var at = 0; at < word.Length; at++)
            {
                word[at] = (char)('a' + Math.Min(source.Next(26), source.Next(26)));
            }
        })).ToArray();
        var text = new StringBuilder(TextLength + 16);
        while (text.Length < TextLength)
        {
            // Some words are far more frequent than others, as in every text.
            text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]).Append(random.Next(12) == 0 ? ";\n" : " ");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, TextLength));
    }

    private static ReadOnlyMemory<byte> Slice(Random random, byte[] text, int shortest, int longest)
    {
        var length = random.Next(shortest, longest);
        return text.AsMemory(random.Next(text.Length - length), length);
    }

    private static LayerContent Of(string path, ReadOnlyMemory<byte> content) => new(path, () => new MemoryStream(content.ToArray()));
}
