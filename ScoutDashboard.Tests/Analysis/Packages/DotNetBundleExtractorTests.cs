using System.Text.Json;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class DotNetBundleExtractorTests
{
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "dotnet-bundle");

    [Fact]
    public void TheDepsFileInsideIsRead()
    {
        var scan = Extractor.Extract("app", Programs.Bundle());
        Assert.Null(scan.Gaps);
        Assert.Equal("A@1.2.3", Assert.Single(scan.Packages.Select(package => $"{package.Name}@{package.Version}")));
    }

    [Fact]
    public void APlainHostHoldsNothing()
    {
        var host = Programs.Bundle();
        host.AsSpan(100, 8).Clear();
        Assert.True(Extractor.Extract("app", host).IsEmpty);
        Assert.True(Extractor.Extract("app", new byte[5000]).IsEmpty);
    }

    [Fact]
    public void DamageGivesAResultOrADeclaredException()
    {
        var bundle = Programs.Bundle();
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
            catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
            {
                // Declared.
            }
        }
    }
}
