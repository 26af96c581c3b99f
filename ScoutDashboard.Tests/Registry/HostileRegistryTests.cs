using System.Net;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Registry.FakeAzure;

namespace ScoutDashboard.Tests.Registry;

/// <summary>What a registry that means harm may answer, and where nothing may be sent.</summary>
public sealed class HostileRegistryTests
{
    private static readonly byte[] Blob = "a layer"u8.ToArray();

    [Theory]
    [InlineData("https://evil.example/oauth2/token")]
    [InlineData("https://contoso.azurecr.io.evil.example/oauth2/token")]
    [InlineData("https://contoso.azurecr.io@evil.example/oauth2/token")]
    [InlineData("https://user:secret@contoso.azurecr.io/oauth2/token")]
    [InlineData("http://contoso.azurecr.io/oauth2/token")]
    [InlineData("https://contoso.azurecr.io:8443/oauth2/token")]
    [InlineData("//evil.example/oauth2/token")]
    [InlineData("/oauth2/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task ThePasswordGoesToNoOtherRealm(string realm)
    {
        var azure = new FakeAzure { WwwAuthenticate = $"Bearer realm=\"{realm}\",service=\"contoso.azurecr.io\"" };

        var refused = await RefusedAsync(() => azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None));

        Assert.Equal(RegistryError.UntrustedRealm, refused.Error);
        Assert.All(azure.Network.Requests, request => Assert.Null(request.Authorization));
        Assert.Equal(RegistryError.UntrustedRealm, (await RefusedAsync(() => azure.Client.CheckEndpointAsync(azure.Access.Hostname, CancellationToken.None))).Error);
    }

    [Fact]
    public async Task ThePasswordGoesToARealmThatTheAdministratorListed()
    {
        var azure = new FakeAzure("tokens.example") { WwwAuthenticate = "Bearer realm=\"https://tokens.example/t?a=b\",service=\"s & s\"" };
        azure.Answers["https://tokens.example/t?a=b&service=s%20%26%20s"] = () => FakeNetwork.Json("""{"token":"t"}""");

        await azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None);

        Assert.StartsWith("Basic ", azure.Network.Requests.Last().Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARedirectOfTheTokenCallIsNotFollowed()
    {
        var azure = new FakeAzure { Token = _ => FakeNetwork.Json("", HttpStatusCode.Redirect, ("Location", "https://evil.example/")) };

        Assert.Equal(RegistryError.BadResponse, (await RefusedAsync(() => azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None))).Error);
    }

    [Theory]
    [InlineData("https://evil.example/blob")]
    [InlineData("http://store.blob.core.windows.net/blob")]
    [InlineData("https://store.blob.core.windows.net:8443/blob")]
    [InlineData("https://store.blob.core.windows.net@evil.example/blob")]
    [InlineData("https://u:p@store.blob.core.windows.net/blob")]
    [InlineData("https://store.blob.core.windows.net.evil.example/blob")]
    [InlineData("https://evilblob.core.windows.net/blob")]
    [InlineData("https://store.blob.core.usgovcloudapi.net/blob")]
    [InlineData("http://169.254.169.254/metadata/identity")]
    [InlineData("//evil.example/blob")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://[")]
    public async Task ABlobIsFetchedFromNoOtherStore(string location)
    {
        var azure = Redirecting(location);

        var refused = await RefusedAsync(() => azure.Client.GetBlobAsync(azure.Access, "team/app", Describe(Blob), 1000, CancellationToken.None));

        Assert.Equal(RegistryError.UntrustedRedirect, refused.Error);
    }

    [Theory]
    [InlineData("https://store.blob.core.windows.net/blob?sig=secret")]
    [InlineData("https://contoso.westeurope.data.azurecr.io/blob?sig=secret")]
    public async Task NoCredentialsGoToTheStore(string location)
    {
        var azure = Redirecting(location);
        azure.Answers[location] = () => FakeNetwork.Bytes(Blob);

        Assert.Equal(Blob, await azure.Client.GetBlobAsync(azure.Access, "team/app", Describe(Blob), 1000, CancellationToken.None));

        Assert.Equal((location, null), azure.Network.Requests.Last());
    }

    [Fact]
    public async Task ARelativeRedirectStaysAtTheRegistryAndCarriesNoCredentials()
    {
        var azure = Redirecting("/storage/blob");

        // The double asks for a token again, which the second hop must not bring.
        var refused = await RefusedAsync(() => azure.Client.GetBlobAsync(azure.Access, "team/app", Describe(Blob), 1000, CancellationToken.None));

        Assert.Equal(RegistryError.PullDenied, refused.Error);
        Assert.Equal(("https://contoso.azurecr.io/storage/blob", null), azure.Network.Requests.Last());
    }

    [Fact]
    public async Task RedirectsEndAfterThree()
    {
        const string again = "https://store.blob.core.windows.net/again";
        var azure = Redirecting(again);
        azure.Answers[again] = () => FakeNetwork.Json("", HttpStatusCode.TemporaryRedirect, ("Location", again));

        Assert.Equal(RegistryError.UntrustedRedirect, (await RefusedAsync(() => azure.Client.OpenUnverifiedBlobAsync(azure.Access, "team/app", Describe(Blob), CancellationToken.None))).Error);
        Assert.Equal(3, azure.Network.Requests.Count(request => request.Address == again));
    }

    [Theory]
    [InlineData("<https://evil.example/v2/_catalog>; rel=\"next\"", RegistryError.UntrustedRedirect)]
    [InlineData("<//evil.example/v2/_catalog>; rel=\"next\"", RegistryError.UntrustedRedirect)]
    [InlineData("<http://contoso.azurecr.io/v2/_catalog>; rel=next", RegistryError.UntrustedRedirect)]
    [InlineData("<https://contoso.azurecr.io@evil.example/>; rel=\"next\"", RegistryError.UntrustedRedirect)]
    [InlineData("</v2/_catalog?n=500>; rel=\"next\"", RegistryError.BadResponse)]
    public async Task AListLeadsNeitherAwayNorRoundInCircles(string link, RegistryError error)
    {
        var azure = new FakeAzure();
        azure.Answers["/v2/_catalog?n=500"] = () => FakeNetwork.Json("""{"repositories":["a"]}""", HttpStatusCode.OK, ("Link", link));

        Assert.Equal(error, (await RefusedAsync(() => ListAsync(azure))).Error);
    }

    [Fact]
    public async Task AListThatGoesOnForEverIsGivenUp()
    {
        var azure = new FakeAzure();
        var names = string.Join(',', Enumerable.Range(0, 100_000).Select(n => $"\"r{n}\""));
        foreach (var page in Enumerable.Range(0, 4))
        {
            var path = page == 0 ? "/v2/_catalog?n=500" : $"/v2/_catalog?last={page}";
            azure.Answers[path] = () => FakeNetwork.Json($"{{\"repositories\":[{names}]}}", HttpStatusCode.OK, ("Link", $"</v2/_catalog?last={page + 1}>; rel=\"next\""));
        }

        Assert.Equal(RegistryError.TooLarge, (await RefusedAsync(() => ListAsync(azure))).Error);
    }

    [Fact]
    public async Task PagesFollowEachOtherByRelativeAndAbsoluteLinks()
    {
        var azure = new FakeAzure();
        azure.Answers["/v2/_catalog?n=500"] = () => FakeNetwork.Json("""{"repositories":["a","b/c"]}""", HttpStatusCode.OK, ("Link", "</v2/_catalog?last=b%2Fc&n=2&orderby=>; rel=\"next\""));
        azure.Answers["/v2/_catalog?last=b%2Fc&n=2&orderby="] = () => FakeNetwork.Json("""{"repositories":["d"]}""", HttpStatusCode.OK, ("Link", "<https://contoso.azurecr.io/v2/_catalog?last=d>; rel=next"));
        azure.Answers["/v2/_catalog?last=d"] = () => FakeNetwork.Json("""{"repositories":null}""");

        Assert.Equal(["a", "b/c", "d"], await ListAsync(azure));
    }

    [Fact]
    public async Task NamesThatWouldLeadElsewhereAreNotListed()
    {
        var azure = new FakeAzure();
        azure.Answers["/v2/_catalog?n=500"] = () => FakeNetwork.Json("""{"repositories":["../../oauth2","a//b","a?b","good/name","a\u0000b","<script>"]}""");

        Assert.Equal(["good/name"], await ListAsync(azure));
    }

    [Theory]
    [InlineData("team/../../secret", "1.0")]
    [InlineData("team/app?x=", "1.0")]
    [InlineData("team/app", "../../../oauth2/token")]
    [InlineData("team/app", "..")]
    [InlineData("team/app", "sha256:short")]
    public async Task NamesThatWouldLeadElsewhereAreNotAskedFor(string repository, string reference)
    {
        var azure = new FakeAzure();

        Assert.Equal(RegistryError.NotFound, (await RefusedAsync(() => azure.Client.GetManifestAsync(azure.Access, repository, reference, CancellationToken.None))).Error);
        Assert.Empty(azure.Network.Requests);
    }

    [Fact]
    public async Task TextOfTheRegistryIsShownWithoutItsControlCharacters()
    {
        var azure = new FakeAzure { Token = _ => FakeNetwork.Json("""{"errors":[{"message":"no\u001b[31m \u202egood\nline"}]}""", HttpStatusCode.Unauthorized) };

        var refused = await RefusedAsync(() => azure.Client.CheckTokenAsync(azure.Access, CancellationToken.None));

        Assert.DoesNotContain(refused.Message, c => char.IsControl(c) || c == '\u202e');
    }

    private static FakeAzure Redirecting(string location)
    {
        var azure = new FakeAzure();
        azure.Answers[$"/v2/team/app/blobs/{Digest.Of(Blob).Value}"] = () => FakeNetwork.Json("", HttpStatusCode.TemporaryRedirect, ("Location", location));
        return azure;
    }

    private static async Task<List<string>> ListAsync(FakeAzure azure)
    {
        var names = new List<string>();
        await foreach (var name in azure.Client.ListRepositoriesAsync(azure.Access, CancellationToken.None))
        {
            names.Add(name);
        }

        return names;
    }

    [Theory]
    [InlineData("https://evil.example/v2/windows/servercore/blobs/sha256:1", false)]
    [InlineData("http://mcr.microsoft.com/v2/windows/servercore/blobs/sha256:1", false)]
    [InlineData("https://mcr.microsoft.com.evil.example/x", false)]
    [InlineData("https://mcr.microsoft.com@evil.example/x", false)]
    [InlineData("https://169.254.169.254/metadata", false)]
    [InlineData("https://mcr.microsoft.com/v2/windows/servercore/blobs/sha256:1", true)]
    public async Task AWindowsLayerIsTakenFromMicrosoftsRegistryOnly(string address, bool isTaken)
    {
        var azure = new FakeAzure();
        azure.Answers[address] = () => FakeNetwork.Json("", HttpStatusCode.TemporaryRedirect, ("Location", "https://westus.data.mcr.microsoft.com/blob"));
        azure.Answers["https://westus.data.mcr.microsoft.com/blob"] = () => FakeNetwork.Bytes(Blob);
        var layer = Describe(Blob) with { MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Urls = [new Uri(address)] };

        if (isTaken)
        {
            await using var stream = await azure.Client.OpenUnverifiedBlobAsync(azure.Access, "team/app", layer, CancellationToken.None);
            Assert.Equal(Blob.Length, await stream.ReadAsync(new byte[100]));
            Assert.All(azure.Network.Requests, request => Assert.Null(request.Authorization));
        }
        else
        {
            Assert.Equal(RegistryError.UntrustedRedirect, (await RefusedAsync(() => azure.Client.OpenUnverifiedBlobAsync(azure.Access, "team/app", layer, CancellationToken.None))).Error);
            Assert.Empty(azure.Network.Requests);
        }
    }
}
