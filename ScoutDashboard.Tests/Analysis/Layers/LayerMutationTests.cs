using System.Diagnostics;
using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Tests.Support;
using Xunit.Abstractions;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>Damages layers as blobs and as tars, scans what comes of it and lays it over what came before: a scan or a <see cref="LayerException"/>, and always a merge.</summary>
public sealed class LayerMutationTests(ITestOutputHelper output)
{
    private const int Rounds = 36_000;
    private const long Mebibyte = 1 << 20;
    private static readonly AnalysisLimits Limits = new() { UncompressedBytes = 4 << 20, RatioWindow = 1 << 20 };

    private static readonly byte[] Golden = new LayerTar()
        .Directory("usr").Symlink("lib", "usr/lib").File("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n").Symlink("etc/os-release", "../usr/lib/os-release")
        .File("var/lib/dpkg/status", "Package: bash\nVersion: 1\n\n").Whiteout("old/file").Opaque("app/node_modules")
        .Pax(("path", "app/node_modules/a/package.json"), ("mtime", "1.5")).File("short", """{"name":"a","version":"1.0.0"}""").HardLink("app/node_modules/b/package.json", "app/node_modules/a/package.json")
        .Entry("././@LongLink", 'L', "", "srv/x.deps.json\0"u8).File("short", Encoding.UTF8.GetString(Packages.Programs.BundledDeps))
        .Raw(LayerTar.Header("sparse.json", 'S', "", 0, header => header[482] = 1)).Raw(new byte[512]).ToArray();

    [Theory]
    [InlineData("tar")]
    [InlineData("gzip")]
    [InlineData("gzip-members")]
    [InlineData("zstd")]
    [InlineData("zstd-frames")]
    public async Task ADamagedBlobIsScannedOrRefused(string form)
    {
        var blob = GoldenLayer.Packed(form, Golden);
        await RunAsync(form, mutator => mutator.Damage(blob));
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public Task ADamagedTarWithGoodChecksumsIsScannedOrRefused(string form) => RunAsync(form, mutator => GoldenLayer.Packed(form, DamageHeaders(mutator)));

    private async Task RunAsync(string form, Func<Mutator, byte[]> damage)
    {
        var mutator = new Mutator(20261124);
        var slowest = TimeSpan.Zero;
        var below = await GoldenLayer.ScanAsync(Golden, limits: Limits);
        LayerScan? middle = null;
        var scanned = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var blob = damage(mutator);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            try
            {
                var scan = await GoldenLayer.ScanAsync(blob, limits: Limits);
                AssertAllocated(before, scan.UncompressedSize, round);
                var stored = LayerScanStorage.Decode(LayerScanStorage.Encode(scan));
                _ = Inventory.Of(LayerMerge.Merge([below, middle, stored], Limits), Limits);
                (middle, scanned) = (scan, scanned + 1);
            }
            catch (LayerException)
            {
                AssertAllocated(before, form == "tar" ? blob.Length : Limits.UncompressedBytes, round);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Round {round}: {exception} for {Convert.ToBase64String(blob)}");
            }

            slowest = Stopwatch.GetElapsedTime(started) is var taken && taken > slowest ? taken : slowest;
        }

        Assert.InRange(scanned, 1, Rounds);
        output.WriteLine($"{form}: slowest {slowest.TotalMilliseconds:0.0} ms, {scanned} of {Rounds} were scanned; {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor time by all tests so far");
    }

    // An extended header, and the buffers of one layer, are taken as a whole.
    private static void AssertAllocated(long before, long input, int round) =>
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before <= (4 * input) + (2 * Mebibyte), $"Round {round} allocated {GC.GetAllocatedBytesForCurrentThread() - before} bytes.");

    // Checksums are of no use against whoever makes a tar: each damaged header gets the one that fits.
    private static byte[] DamageHeaders(Mutator mutator)
    {
        byte[] tar = [.. Golden];
        for (var headers = 1 + mutator.Next(3); headers > 0; headers--)
        {
            var at = mutator.Next(tar.Length / 512) * 512;
            var block = mutator.Damage(tar[at..(at + 512)]).AsSpan();
            block[..Math.Min(block.Length, 512)].CopyTo(tar.AsSpan(at));
            if (tar.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
            {
                tar.AsSpan(at + 148, 8).Fill((byte)' ');
                Encoding.ASCII.GetBytes(Convert.ToString(tar.AsSpan(at, 512).ToArray().Sum(value => value), 8).PadLeft(6, '0') + "\0").CopyTo(tar, at + 148);
            }
        }

        return tar;
    }
}
