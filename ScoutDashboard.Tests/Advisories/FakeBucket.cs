using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Advisories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>A bucket that answers as the test says and remembers what was asked.</summary>
internal sealed class FakeBucket(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
{
    /// <summary>An archive of one record.</summary>
    public static readonly byte[] Zip = ZipOf("GHSA-1", """{"id": "GHSA-1"}""");

    public List<HttpRequestMessage> Asked { get; } = [];
    /// <summary>What was logged of downloads that can't be left behind.</summary>
    public TextLog Log { get; } = new();

    public AdvisoryOptions Options { get; private set; } = null!;

    /// <param name="source">Where the bucket is.</param>
    /// <param name="unfinished">The folder of unfinished downloads, or null.</param>
    /// <param name="clock">When it is; null for now.</param>
    public FeedSource Source(string source = "https://osv.example", string? unfinished = null, TimeProvider? clock = null)
    {
        Options = new AdvisoryOptions(source, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), []);
        return new FeedSource(new FeedDownloader(this, Options, TimeProvider.System), Options, new FeedParts(unfinished, clock ?? TimeProvider.System, new LoggerFactory([Log]).CreateLogger<FeedParts>()));
    }

    /// <summary>Nothing is behind what is asked for: the file is so long, bytes.</summary>
    public static HttpResponseMessage Nothing(int length) => new(HttpStatusCode.RequestedRangeNotSatisfiable) { Content = new ByteArrayContent([]) { Headers = { ContentRange = new ContentRangeHeaderValue(length) } } };

    /// <summary>Leaves a download of npm's archive in the folder: forty bytes come, then nobody answers any more.</summary>
    public static async Task BreakOffAsync(string unfinished, string? tag, DateTimeOffset? changedAt = null)
    {
        var bucket = new FakeBucket(request =>
        {
            var answer = request.Headers.Range is null ? Broken(Answer(Zip, tag)) : throw new HttpRequestException("Connection refused");
            answer.Content.Headers.LastModified = changedAt;
            return answer;
        });
        await Assert.ThrowsAsync<FeedException>(() => bucket.Source(unfinished: unfinished).OpenAsync(Archive("npm"), null, default));
    }

    public static async Task<byte[]> BytesAsync(FetchedFile file)
    {
        using var read = new MemoryStream();
        await file.Content.CopyToAsync(read);
        return read.ToArray();
    }

    public static FeedFile Archive(string ecosystem) => new($"{ecosystem}/all.zip", null, 1 << 20);

    public static HttpResponseMessage Answer(byte[] body, string? tag)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        if (tag is not null)
        {
            answer.Headers.TryAddWithoutValidation("ETag", tag);
        }

        return answer;
    }

    /// <summary>What comes after the 40th byte never arrives.</summary>
    public static HttpResponseMessage Broken(HttpResponseMessage answer)
    {
        answer.Content = new BrokenContent(Zip[..40]) { Headers = { ContentLength = Zip.Length } };
        return answer;
    }

    /// <summary>What a server that can continue answers.</summary>
    public static HttpResponseMessage Rest(HttpRequestMessage request, string? tag)
    {
        var from = (int)request.Headers.Range!.Ranges.Single().From!.Value;
        var answer = Answer(Zip[from..], tag);
        answer.StatusCode = HttpStatusCode.PartialContent;
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, Zip.Length - 1, Zip.Length);
        return answer;
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(request);
        return Task.FromResult(answer(request));
    }

    private static byte[] ZipOf(string id, string json)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = new StreamWriter(zip.CreateEntry($"{id}.json").Open()))
        {
            entry.Write(json);
        }

        return bytes.ToArray();
    }

    private sealed class BrokenContent(byte[] start) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Breaking(start));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Breaking(byte[] start) : MemoryStream(start)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) is > 0 and var read ? read : throw new IOException("The connection was reset.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection was reset.");
    }
}
