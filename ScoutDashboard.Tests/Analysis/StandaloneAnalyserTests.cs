using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

public sealed class StandaloneAnalyserTests : IDisposable
{
    private static readonly string[] Both = ["pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12 var/lib/dpkg/status #0", "pkg:npm/left-pad@1.0.0 app/node_modules/left-pad/package.json #1"];

    private readonly OciLayout _layout = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("scout-archives-");

    public void Dispose()
    {
        _layout.Dispose();
        _files.Delete(recursive: true);
    }

    [Fact]
    public async Task ALayoutGivesPackagesWithThePathAndLayerOfEach()
    {
        var digest = _layout.Add("v1", Image());

        var image = await AnalyseAsync($"oci:{_layout.Folder}:v1");

        Assert.Equal(Both, Components(image));
        Assert.Equal((digest, "linux/amd64", "Debian GNU/Linux 12 (bookworm)"), (image.Digest, image.Platform.ToString(), image.Distribution!.DisplayName));
        Assert.Equal(["ADD base", "COPY app /app"], image.Layers.Select(layer => layer.Instruction));
        Assert.Empty(image.Gaps);
    }

    [Fact]
    public async Task AnArchiveOfALayoutAndADockerArchiveGiveWhatTheLayoutGives()
    {
        _layout.Add("v1", Image());
        await Tool.RunAsync("skopeo", ["--insecure-policy", "copy", "--quiet", $"oci:{_layout.Folder}:v1", $"docker-archive:{FilePath("docker.tar")}:example.org/app:v1"]);
        await TarFile.CreateFromDirectoryAsync(_layout.Folder, FilePath("layout.tar"), includeBaseDirectory: false);

        Assert.Equal(Both, Components(await AnalyseAsync($"archive:{FilePath("layout.tar")}")));
        var docker = await AnalyseAsync($"archive:{FilePath("docker.tar")}:v1");
        Assert.Equal(Both, Components(docker));
        Assert.Null(docker.Digest);
        Assert.Equal(await AnalyseAsync($"oci:{_layout.Folder}") is { ConfigDigest: var id } ? id : "", docker.ConfigDigest);
    }

    [Fact]
    public async Task OneImageOfSeveralMustBeNamed()
    {
        _layout.Add("v1", Image());
        _layout.Add("v2", new OciImageBuilder().Layer("FROM scratch", ("etc/empty", "")));

        Assert.Equal($"{Path.GetFileName(_layout.Folder)} holds several images. Add :TAG for one of v1, v2.", await ReasonAsync($"oci:{_layout.Folder}"));
        Assert.Equal($"{Path.GetFileName(_layout.Folder)} holds no image v3. It holds v1, v2.", await ReasonAsync($"oci:{_layout.Folder}:v3"));
        Assert.Equal(2, (await AnalyseAsync($"oci:{_layout.Folder}:v1")).Components.Count);
    }

    [Theory]
    [InlineData(null, "linux/amd64")]
    [InlineData("linux/arm64", "linux/arm64/v8")]
    [InlineData("linux/arm64/v8", "linux/arm64/v8")]
    public async Task AnIndexGivesTheImageOfThePlatform(string? asked, string expected)
    {
        _layout.AddIndex("v1", Image("linux/arm64/v8"), Image("linux/amd64"));

        Assert.Equal(expected, (await AnalyseAsync($"oci:{_layout.Folder}", asked)).Platform.ToString());
    }

    [Fact]
    public async Task APlatformThatIsNotThereIsNotReplacedByAnother()
    {
        _layout.AddIndex("index", Image("linux/arm64/v8"), Image("linux/s390x"));
        _layout.Add("image", Image("linux/arm64"));

        Assert.Equal("The index holds no image of linux/amd64, but of linux/arm64/v8, linux/s390x. Choose one with --platform.", await ReasonAsync($"oci:{_layout.Folder}:index"));
        Assert.Equal("The index holds no image of linux/arm64/v7, but of linux/arm64/v8, linux/s390x.", await ReasonAsync($"oci:{_layout.Folder}:index", "linux/arm64/v7"));
        Assert.Equal("The image is of linux/arm64, not of linux/amd64.", await ReasonAsync($"oci:{_layout.Folder}:image", "linux/amd64"));
    }

    [Theory]
    [InlineData("config")]
    [InlineData("manifest")]
    [InlineData("layer")]
    public async Task ABlobThatWasChangedGivesNoResult(string which)
    {
        var manifest = _layout.Add("v1", Image());
        var digest = which == "manifest" ? manifest : Named(manifest, which);
        var blob = Path.Combine(_layout.Folder, "blobs", "sha256", digest[7..]);
        var bytes = await File.ReadAllBytesAsync(blob);
        bytes[^9] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);

        Assert.Contains("another digest", await ReasonAsync($"oci:{_layout.Folder}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALayerThatIsCutOffOrMissingGivesNoResult()
    {
        var layer = Named(_layout.Add("v1", Image()), "layer");
        var blob = Path.Combine(_layout.Folder, "blobs", "sha256", layer[7..]);
        await File.WriteAllBytesAsync(blob, (await File.ReadAllBytesAsync(blob))[..^1]);
        Assert.Contains("ended after", await ReasonAsync($"oci:{_layout.Folder}"), StringComparison.Ordinal);

        File.Delete(blob);
        Assert.Equal($"Layer {layer} is missing: the image is not whole.", await ReasonAsync($"oci:{_layout.Folder}"));
    }

    [Fact]
    public async Task ALayerThatIsNoArchiveIsAGapBesideTheOtherLayersPackages()
    {
        _layout.Add("v1", Image().Layer(new LayerTar().Raw(Encoding.UTF8.GetBytes("no tar at all, but long enough to be a block of one".PadRight(512, '.'))), "COPY broken"));

        var image = await AnalyseAsync($"oci:{_layout.Folder}");

        Assert.Equal(Both, Components(image));
        Assert.Equal(ScanGapKind.Malformed, Assert.Single(image.Gaps).Kind);
    }

    [Fact]
    public async Task ADockerArchiveMayLinkOneLayerToAnother()
    {
        var layer = new LayerTar().File("app/node_modules/left-pad/package.json", Npm).ToArray();
        var tar = Docker(layer, Digest.Of(layer)).File("a/layer.tar", layer).Symlink("b/layer.tar", "../a/layer.tar");
        await File.WriteAllBytesAsync(FilePath("docker.tar"), tar.ToArray());

        Assert.Equal("pkg:npm/left-pad@1.0.0", Assert.Single((await AnalyseAsync($"archive:{FilePath("docker.tar")}")).Components).Identity.Purl);
    }

    [Fact]
    public async Task ADockerArchiveWhoseLayerIsNotTheConfigurationsGivesNoResult()
    {
        var layer = new LayerTar().File("app/node_modules/left-pad/package.json", Npm).ToArray();
        var tar = Docker(layer, Digest.Of("another"u8)).File("a/layer.tar", layer).Symlink("b/layer.tar", "../a/layer.tar");
        await File.WriteAllBytesAsync(FilePath("docker.tar"), tar.ToArray());

        Assert.Equal("Layer 0 in docker.tar has another digest than the image's configuration says: the archive is damaged or was tampered with.", await ReasonAsync($"archive:{FilePath("docker.tar")}"));
    }

    [Fact]
    public async Task AnArchiveNeverReadsFilesOfThisMachine()
    {
        var secret = FilePath("secret.tar");
        await File.WriteAllBytesAsync(secret, new LayerTar().File("app/node_modules/left-pad/package.json", Npm).ToArray());
        foreach (var name in new[] { secret, $"../{Path.GetFileName(secret)}", "link" })
        {
            var tar = new LayerTar().File("manifest.json", JsonSerializer.Serialize(new[] { new { Config = "c", Layers = new[] { name } } })).File("c", "{}").Symlink("link", secret);
            await File.WriteAllBytesAsync(FilePath("docker.tar"), tar.ToArray());

            Assert.Contains("has no file", await ReasonAsync($"archive:{FilePath("docker.tar")}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task LinksInACircleEnd()
    {
        var tar = new LayerTar().File("manifest.json", """[{"Config":"a","Layers":[]}]""").Symlink("a", "b").Symlink("b", "a");
        await File.WriteAllBytesAsync(FilePath("docker.tar"), tar.ToArray());

        Assert.Contains("has no file a", await ReasonAsync($"archive:{FilePath("docker.tar")}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a tar at all", "is not a tar archive")]
    [InlineData("", "holds no image")]
    public async Task WhatIsNoArchiveIsSaidSo(string content, string reason)
    {
        await File.WriteAllTextAsync(FilePath("file"), content.PadRight(content.Length == 0 ? 0 : 2000, 'x'));

        Assert.Contains(reason, await ReasonAsync($"archive:{FilePath("file")}"), StringComparison.Ordinal);
    }

    private const string Npm = """{"name":"left-pad","version":"1.0.0"}""";

    private static OciImageBuilder Image(string platform = "linux/amd64") => new OciImageBuilder(platform)
        .Layer("ADD base", ("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
            ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n\n"))
        .Env("A", "1")
        .Layer("COPY app /app", ("app/node_modules/left-pad/package.json", Npm));

    // Two layers, one file: the second is to be a link to the first.
    private static LayerTar Docker(byte[] layer, Digest diffId)
    {
        var config = JsonSerializer.SerializeToUtf8Bytes(new { os = "linux", architecture = "amd64", rootfs = new { diff_ids = new[] { diffId.Value, Digest.Of(layer).Value } } });
        var name = $"{Digest.Of(config).Hex}.json";
        return new LayerTar().File(name, config).File("manifest.json", JsonSerializer.Serialize(new[] { new { Config = name, RepoTags = (string[]?)null, Layers = new[] { "a/layer.tar", "b/layer.tar" } } }));
    }

    private string Named(string manifest, string which)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_layout.Folder, "blobs", "sha256", manifest[7..])));
        var named = which == "config" ? document.RootElement.GetProperty("config") : document.RootElement.GetProperty("layers")[1];
        return named.GetProperty("digest").GetString()!;
    }

    private string FilePath(string name) => Path.Combine(_files.FullName, name);

    private static string[] Components(StandaloneImage image) =>
        [.. image.Components.SelectMany(component => component.Places, (component, place) => $"{component.Identity.Purl} {place.Path} #{place.Layer}")];

    private static async Task<string> ReasonAsync(string location, string? platform = null) =>
        (await Assert.ThrowsAsync<AnalysisException>(() => AnalyseAsync(location, platform))).Message;

    private static Task<StandaloneImage> AnalyseAsync(string text, string? platform = null)
    {
        Assert.True(ImageLocation.TryParse(text, out var location, out _));
        Platform? wanted = null;
        Assert.True(platform is null || Platform.TryParse(platform, out wanted));
        return new StandaloneAnalyser(new ConfigurationBuilder().Build()).AnalyseAsync(location, wanted, new Progress<AnalysisProgress>(), CancellationToken.None);
    }
}
