using System.Text;
using System.Text.Json;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PackageExtractorsTests
{
    private static readonly (string Path, string Content)[] Goldens =
    [
        ("etc/os-release", "PRETTY_NAME=\"Debian \\\"12\\\"\"\nID='debian'\nVERSION_ID=12\n"),
        ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nSource: bash (5.2.15-2)\nVersion: 5.2.15-2+b2\nDescription: shell\n more\n\nPackage: b\nVersion: 1\n"),
        ("lib/apk/db/installed", "C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\nL:MIT\nF:lib\nR:ld.so\n\nP:b\nV:2-r0\n"),
        ("node_modules/@a/b/package.json", """{"name":"@a/b","version":"1.0.0","license":[{"type":"MIT"},"ISC"],"x":{"y":[1,"\u00e9",null]}}"""),
        ("app/a.deps.json", """{"runtimeTarget":{"name":"t"},"targets":{"t":{"A/1":{"runtime":{"a.dll":{}}}}},"libraries":{"A/1":{"type":"package"}}}"""),
        ("a-1.dist-info/METADATA", "Name: a\nVersion: 1\nLicense: MIT\n\nbody\n"),
    ];

    [Fact]
    public void IdsAreUniqueAndEveryFormatHasItsLimit()
    {
        Assert.Equal(PackageExtractors.All.Count, PackageExtractors.All.Select(extractor => extractor.Id).Distinct().Count());
        Assert.All(PackageExtractors.All, extractor => Assert.InRange(extractor.MaxFileSize, 1 << 10, 256 << 20));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("status")]
    [InlineData("package.json")]
    [InlineData("METADATA")]
    [InlineData("usr/bin/node")]
    [InlineData("é/ü")]
    public void OtherFilesAreNobodys(string path) => Assert.Null(Extraction.Wanting(path));

    [Fact]
    public void EveryGoldenFileHoldsSomething() => Assert.All(Goldens, golden =>
    {
        var scan = Extraction.Of(golden.Path, golden.Content);
        Assert.True(scan.Packages.Count > 0 || scan.Distribution is not null, golden.Path);
        Assert.Null(scan.Gaps);
    });

    [Fact]
    public void DamagedFilesGiveAResultOrADeclaredException()
    {
        var random = new Random(20261124);
        foreach (var (path, text) in Goldens)
        {
            var extractor = Extraction.Wanting(path)!;
            var golden = Encoding.UTF8.GetBytes(text);
            for (var round = 0; round < 3_000; round++)
            {
                var damaged = Damage(golden, random);
                try
                {
                    _ = extractor.Extract(path, damaged);
                }
                catch (Exception exception) when (exception is InvalidDataException or JsonException)
                {
                    // Declared.
                }
                catch (Exception exception)
                {
                    Assert.Fail($"{extractor.Id} threw {exception.GetType().Name} for {Convert.ToHexString(damaged)}");
                }
            }
        }
    }

    private static byte[] Damage(byte[] golden, Random random)
    {
        var bytes = golden[..random.Next(golden.Length / 2, golden.Length + 1)];
        for (var flips = random.Next(0, 6); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? "\n\"{}[]:\\"[random.Next(8)] : random.Next(256));
        }

        return bytes;
    }
}
