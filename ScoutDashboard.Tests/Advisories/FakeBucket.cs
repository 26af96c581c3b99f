using System.IO.Compression;
using System.Net;
using ScoutDashboard.Advisories;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>A bucket that answers as the test says and remembers what was asked.</summary>
internal sealed class FakeBucket(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
{
    /// <summary>An archive of one record.</summary>
    public static readonly byte[] Zip = ZipOf("GHSA-1", """{"id": "GHSA-1"}""");

    public List<HttpRequestMessage> Asked { get; } = [];
    public AdvisoryOptions Options { get; private set; } = null!;

    public FeedSource Source(string source = "https://osv.example")
    {
        Options = new AdvisoryOptions(source, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), []);
        return new FeedSource(new FeedDownloader(this, Options, TimeProvider.System), Options);
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
}
