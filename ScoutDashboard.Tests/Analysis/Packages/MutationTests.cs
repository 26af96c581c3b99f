using System.Diagnostics;
using System.Text.Json;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Tests.Support;
using Xunit.Abstractions;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>
/// Damages every golden file, and what is packed in it, many times: an extractor gives a result or a declared exception, and what it allocates follows from
/// what it was given, not from what the file claims. The rounds are fixed; how long the slowest took is told, not judged.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Rounds = 30_000;
    private const long Mebibyte = 1 << 20;

    // Inflating is what these do; each has its own limit, and a test of it. Deflate makes of a byte 1032 at most, zstd whatever its limit allows.
    private static readonly Dictionary<string, long> Inflating = new()
    {
        ["java"] = 2 * 1032, ["python-archive"] = 2 * 1032, ["rust"] = 2 * 1032, ["chisel"] = 64 * 1032,
    };

    public static TheoryData<string> Names => [.. Goldens.All.Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void DamageGivesAResultOrADeclaredExceptionAndAllocatesByItsInput(string name)
    {
        var golden = Goldens.All.Single(golden => golden.Name == name);
        var extractor = PackageExtractors.All.Single(extractor => extractor.Id == golden.Extractor);
        var mutator = new Mutator(20261124);
        var (slowest, most) = (TimeSpan.Zero, 0L);
        // What is made once and kept does not count.
        _ = Run(extractor, golden, golden.Content, golden.Sidecar);
        for (var round = 0; round < Rounds; round++)
        {
            var (content, sidecar) = Damage(golden, mutator, round);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var fault = Run(extractor, golden, content, sidecar);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            slowest = Stopwatch.GetElapsedTime(started) is var taken && taken > slowest ? taken : slowest;
            most = Math.Max(most, allocated);
            var bound = (Inflating.GetValueOrDefault(golden.Extractor, 4) * (content.Length + (sidecar?.Length ?? 0))) + Mebibyte;
            Assert.True(fault is null && allocated <= bound,
                $"{name}, round {round}: {fault?.GetType().Name ?? $"{allocated} bytes allocated"} at {fault?.StackTrace} for {Convert.ToBase64String(content)}");
        }

        output.WriteLine($"{name}: slowest {slowest.TotalMilliseconds:0.0} ms, most allocated {most} bytes of {golden.Content.Length}; {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor time by all tests so far");
    }

    private static (byte[] Content, byte[]? Sidecar) Damage(Golden golden, Mutator mutator, int round)
    {
        var isInner = golden.Pack is not null && round % 2 == 0;
        var isSidecar = golden.Sidecar is not null && round % 2 == 0;
        return (isInner ? golden.Pack!(mutator.Damage(golden.Inner)) : isSidecar ? golden.Content : mutator.Damage(golden.Content),
            isSidecar ? mutator.Damage(golden.Sidecar!) : golden.Sidecar);
    }

    private static Exception? Run(IPackageExtractor extractor, Golden golden, byte[] content, byte[]? sidecar)
    {
        try
        {
            _ = extractor.WantsHead(golden.Path, content.AsSpan(0, Math.Min(content.Length, IPackageExtractor.HeadLength)));
            _ = sidecar is null ? extractor.Extract(golden.Path, content) : extractor.Extract(golden.Path, content, sidecar);
            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
        {
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
