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

    [Theory]
    [InlineData(".kept", false)]
    [InlineData(".large", true)]
    public async Task AFileThatIsKeptForTheOneBesideItCountsUntilItsLayerEnds(string kind, bool hasRoom)
    {
        var scanner = Scanner(40);
        // What is kept lies in memory while its layer goes on; a layer that waits at its second file has nothing of the first any more.
        var first = ScanAsync(scanner, new LayerTar().File($"a{kind}", new byte[17 * Mebibyte]).File("b.large", new byte[2 * Mebibyte]).ToArray(), isGated: true, after: 18);
        var second = ScanAsync(scanner, Large, isGated: true);
        var third = ScanAsync(scanner, Large);
        // Up to a gate a scan runs within the call.
        Assert.Equal(hasRoom, third.IsCompleted);
        Assert.False(first.IsCompleted || second.IsCompleted);
        _gate.SetResult();
        await Task.WhenAll(first, second, third);
        // All of it came back.
        await ScanAsync(scanner, Layer(40));
    }

    [Fact]
    public async Task ALayerThatKeepsMoreThanThereIsStillGoesOn() => Assert.Equal(2,
        (await ScanAsync(Scanner(1), new LayerTar().File("a.kept", new byte[17 * Mebibyte]).File("b.large", new byte[17 * Mebibyte]).ToArray())).Entries);

    [Fact]
    public async Task RoomIsKeptFreeForWhatArchivesInflateAside()
    {
        var scanner = new LayerScanner([new LargeExtractor(".large")], new AnalysisLimits { BufferedBytes = 40 * Mebibyte, Formats = new() { ZipNestedBytes = 10 * Mebibyte } });
        var first = ScanAsync(scanner, Large, isGated: true);
        var second = ScanAsync(scanner, Large);
        Assert.False(second.IsCompleted);
        _gate.SetResult();
        await Task.WhenAll(first, second);
    }

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.BufferedBytes))]
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

    private static LayerScanner Scanner(int mebibytes) => new([new LargeExtractor(".large"), new LargeExtractor(".kept", ".beside")], new AnalysisLimits { BufferedBytes = mebibytes * Mebibyte, Formats = new() { ZipNestedBytes = 0 } });

    private Task<LayerScan> ScanAsync(LayerScanner scanner, byte[] blob, bool isGated = false, int after = 1, CancellationToken cancellationToken = default) =>
        scanner.ScanAsync(isGated ? new GatedStream(blob, _gate.Task, after * Mebibyte) : new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, cancellationToken);

    private sealed class LargeExtractor(string extension, string? sidecar = null) : IPackageExtractor
    {
        public string Id => extension;
        public int Version => 1;
        public int MaxFileSize => 64 * Mebibyte;
        public string? SidecarSuffix => sidecar;
        public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(extension);
        public FileScan Extract(string path, ReadOnlySpan<byte> content) => FileScan.Empty;
    }

    // Stops behind so many bytes.
    private sealed class GatedStream(byte[] content, Task gate, int after) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > after)
            {
                await gate;
            }

            return Read(buffer.Span);
        }
    }
}
