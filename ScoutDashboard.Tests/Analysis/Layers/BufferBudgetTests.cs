using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>Large files of layers that are scanned at the same time share one budget; small ones need none.</summary>
public sealed class BufferBudgetTests
{
    private const int Mebibyte = 1 << 20;
    private static readonly byte[] Large = Layer(17);
    private static readonly byte[] Small = Layer(1);
    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task ALargeFileWaitsForAnotherAndASmallOneDoesNot()
    {
        var scanner = Scanner(20);
        var first = ScanAsync(scanner, Large, isGated: true);
        var second = ScanAsync(scanner, Large);
        Assert.Equal(1, (await ScanAsync(scanner, Small)).Entries);
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        _gate.SetResult();
        Assert.Equal([1, 1], (await Task.WhenAll(first, second)).Select(scan => scan.Entries));
    }

    [Fact]
    public async Task WithinTheBudgetNothingWaits()
    {
        var scanner = Scanner(40);
        var first = ScanAsync(scanner, Large, isGated: true);
        Assert.Equal(1, (await ScanAsync(scanner, Large)).Entries);
        _gate.SetResult();
        await first;
    }

    [Fact]
    public async Task WhoGivesUpWaitingLetsThoseBehindGoOn()
    {
        var scanner = Scanner(40);
        using var patience = new CancellationTokenSource();
        var first = ScanAsync(scanner, Large, isGated: true);
        var second = ScanAsync(scanner, Layer(30), cancellationToken: patience.Token);
        var third = ScanAsync(scanner, Large);
        Assert.False(second.IsCompleted || third.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await third;
        Assert.False(first.IsCompleted);
        _gate.SetResult();
        await first;
        // All of it came back.
        await ScanAsync(scanner, Layer(40));
    }

    [Fact]
    public async Task AFileLargerThanTheBudgetIsReadAlone()
    {
        var scanner = Scanner(1);
        Assert.Equal([1, 1], (await Task.WhenAll(ScanAsync(scanner, Large), ScanAsync(scanner, Large))).Select(scan => scan.Entries));
    }

    [Fact]
    public async Task ALayerThatFailsGivesBackWhatItTook()
    {
        var scanner = Scanner(17);
        await Assert.ThrowsAsync<LayerException>(() => ScanAsync(scanner, Large[..(10 * Mebibyte)]));
        Assert.Equal(1, (await ScanAsync(scanner, Large)).Entries);
    }

    private static byte[] Layer(int mebibytes) => new LayerTar().File("a.large", new byte[mebibytes * Mebibyte]).ToArray();

    private static LayerScanner Scanner(int mebibytes) => new([new LargeExtractor()], new AnalysisLimits { BufferedBytes = mebibytes * Mebibyte });

    private Task<LayerScan> ScanAsync(LayerScanner scanner, byte[] blob, bool isGated = false, CancellationToken cancellationToken = default) =>
        scanner.ScanAsync(isGated ? new GatedStream(blob, _gate.Task) : new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, cancellationToken);

    private sealed class LargeExtractor : IPackageExtractor
    {
        public string Id => "large";
        public int Version => 1;
        public int MaxFileSize => 64 * Mebibyte;
        public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(".large");
        public FileScan Extract(string path, ReadOnlySpan<byte> content) => FileScan.Empty;
    }

    // Stops after its first mebibyte.
    private sealed class GatedStream(byte[] content, Task gate) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > Mebibyte)
            {
                await gate;
            }

            return Read(buffer.Span);
        }
    }
}
