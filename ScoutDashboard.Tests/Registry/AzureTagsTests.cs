using System.Globalization;
using System.Net;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary>The latest tag, as ACR's own list tells it.</summary>
public sealed class AzureTagsTests
{
    private const string First = "/acr/v1/team/app/_tags?orderby=timedesc&n=20";
    private static readonly string Signature = $"sha256-{new string('a', 64)}";

    [Fact]
    public async Task TheTagThatMovedLastIsTheLatest() =>
        Assert.Equal("2.0", await LatestAsync([Tag("2.0", "2026-02-01T00:00:00.1234567Z"), Tag("1.0", "2026-01-01T00:00:00Z")]));

    [Fact]
    public async Task WhereTheOrderWasNotHeededTheNewestIsFoundOnAnyPage() =>
        Assert.Equal("9.0", await LatestAsync([Tag("1.0", "2026-01-01T00:00:00Z"), Tag("2.0", "2026-02-01T00:00:00Z")], [Tag("9.0", "2026-09-01T00:00:00Z")]));

    [Fact]
    public async Task SignaturesAndHiddenTagsAreNoImages() =>
        Assert.Equal("1.0", await LatestAsync([
            Tag(Signature, "2026-09-01T00:00:00Z"), Tag($"{Signature}.sig", "2026-09-01T00:00:00Z"), Tag($"{Signature}.att", "2026-09-01T00:00:00Z"),
            Tag("locked", "2026-08-01T00:00:00Z", """{"readEnabled":false}"""), Tag("hidden", "2026-08-01T00:00:00Z", """{"readEnabled":true,"listEnabled":false}"""),
            Tag("1.0", "2026-01-01T00:00:00Z", """{"readEnabled":true,"listEnabled":true}""")]));

    [Fact]
    public async Task SignaturesThatFillAPageDoNotHideTheImageOnTheNext() =>
        Assert.Equal("1.0", await LatestAsync([.. Enumerable.Range(0, 20).Select(n => Tag($"sha256-{n.ToString("x64", CultureInfo.InvariantCulture)}.sig", "2026-09-01T00:00:00Z"))], [Tag("1.0", "2026-01-01T00:00:00Z")]));

    [Fact]
    public async Task ARepositoryWithoutTagsHasNoLatest() => Assert.Null(await LatestAsync([]));

    private static string Tag(string name, string updated, string attributes = "{}") =>
        $$"""{"name":"{{name}}","digest":"sha256:{{new string('b', 64)}}","createdTime":"2020-01-01T00:00:00Z","lastUpdateTime":"{{updated}}","changeableAttributes":{{attributes}}}""";

    private static async Task<string?> LatestAsync(string[] page, string[]? next = null)
    {
        var azure = new FakeAzure();
        azure.Answers[First] = () => FakeNetwork.Json(Envelope(page), HttpStatusCode.OK, next is null ? [] : [("Link", "</acr/v1/team/app/_tags?last=x>; rel=\"next\"")]);
        azure.Answers["/acr/v1/team/app/_tags?last=x"] = () => FakeNetwork.Json(Envelope(next ?? []));
        return (await azure.Client.FindLatestTagAsync(azure.Access, "team/app", CancellationToken.None))?.Name;
    }

    private static string Envelope(string[] tags) => $$"""{"registry":"contoso.azurecr.io","imageName":"team/app","tags":[{{string.Join(',', tags)}}]}""";
}
