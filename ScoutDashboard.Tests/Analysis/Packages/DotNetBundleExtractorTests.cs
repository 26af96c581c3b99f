using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class DotNetBundleExtractorTests
{
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "dotnet-bundle");

    [Fact]
    public void TheDepsFileInsideIsRead()
    {
        var scan = Extractor.Extract("app", Bundle());
        Assert.Null(scan.Gaps);
        Assert.Equal("A@1.2.3", Assert.Single(scan.Packages.Select(package => $"{package.Name}@{package.Version}")));
    }

    [Fact]
    public void APlainHostHoldsNothing()
    {
        var host = Bundle();
        host.AsSpan(100, 8).Clear();
        Assert.True(Extractor.Extract("app", host).IsEmpty);
        Assert.True(Extractor.Extract("app", new byte[5000]).IsEmpty);
    }

    [Fact]
    public void DamageGivesAResultOrADeclaredException()
    {
        var bundle = Bundle();
        var random = new Random(20261124);
        for (var round = 0; round < 5_000; round++)
        {
            byte[] damaged = bundle[..random.Next(bundle.Length / 2, bundle.Length + 1)];
            damaged[random.Next(100, 108)] ^= (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                _ = Extractor.Extract("app", damaged);
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException)
            {
                // Declared.
            }
        }
    }

    // Header offset and signature at 100, the deps.json at 200, the header of major version 6 behind it.
    private static byte[] Bundle()
    {
        var deps = """{"runtimeTarget":{"name":"t"},"targets":{"t":{"A/1.2.3":{"runtime":{"a.dll":{}}}}},"libraries":{"A/1.2.3":{"type":"package"}}}"""u8;
        byte[] bundle = [0x7f, .. "ELF"u8, .. new byte[104], .. SHA256.HashData(".net core bundle\n"u8), .. new byte[60], .. deps,
            6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, (byte)'i', (byte)'d', .. new byte[40]];
        var header = 200 + deps.Length;
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(100), header);
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(header + 15), 200);
        BinaryPrimitives.WriteInt64LittleEndian(bundle.AsSpan(header + 23), deps.Length);
        return bundle;
    }
}
