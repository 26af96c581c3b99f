using System.Net;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Registry;

/// <summary>A blob that stops on its way is an error, never the end.</summary>
public sealed class BlobStreamTests
{
    private static readonly Descriptor Blob = FakeAzure.Describe([1, 2, 3]);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task ASilentRegistryIsLeftAfterHalfAMinute()
    {
        await using var stream = await OpenAsync(new DoubleStream(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }));
        var read = stream.ReadAsync(new byte[8], CancellationToken.None).AsTask();

        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(read.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RegistryError.Timeout, (await FakeAzure.RefusedAsync(() => read)).Error);
    }

    [Fact]
    public async Task ARegistryThatDripsIsLeftAfterTwoMinutes()
    {
        await using var stream = await OpenAsync(new DoubleStream((_, _) =>
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            return Task.FromResult(1);
        }));

        for (var reads = 0; reads < 6; reads++)
        {
            Assert.Equal(1, await stream.ReadAsync(new byte[8], CancellationToken.None));
        }

        Assert.Equal(RegistryError.Timeout, (await FakeAzure.RefusedAsync(() => stream.ReadAsync(new byte[8], CancellationToken.None).AsTask())).Error);
    }

    [Fact]
    public async Task ASlowReaderIsNoFaultOfTheRegistry()
    {
        await using var stream = await OpenAsync(new DoubleStream((_, _) => Task.FromResult(1)));

        for (var reads = 0; reads < 10; reads++)
        {
            Assert.Equal(1, await stream.ReadAsync(new byte[8], CancellationToken.None));
            _clock.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task ABrokenConnectionIsTruncation()
    {
        await using var stream = await OpenAsync(new DoubleStream((_, _) => throw new IOException("reset")));

        Assert.Equal(RegistryError.Truncated, (await FakeAzure.RefusedAsync(() => stream.ReadAsync(new byte[8], CancellationToken.None).AsTask())).Error);
    }

    [Fact]
    public async Task WhoeverCancelsGetsACancellation()
    {
        using var caller = new CancellationTokenSource();
        await using var stream = await OpenAsync(new DoubleStream((_, cancellationToken) => Task.FromCanceled<int>(cancellationToken)));
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[8], caller.Token).AsTask());
    }

    private Task<Stream> OpenAsync(Stream body)
    {
        var azure = new FakeAzure(clock: _clock);
        azure.Answers[$"/v2/team/app/blobs/{Blob.Digest.Value}"] = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        return azure.Client.OpenUnverifiedBlobAsync(azure.Access, "team/app", Blob, CancellationToken.None);
    }

    private sealed class DoubleStream(Func<Memory<byte>, CancellationToken, Task<int>> read) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await read(buffer, cancellationToken);
    }
}
