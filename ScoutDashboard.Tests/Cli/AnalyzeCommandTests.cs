using System.IO.Compression;
using System.Text.Json.Nodes;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>The program as a shell runs it.</summary>
public sealed class AnalyzeCommandTests : IDisposable
{
    private readonly OciLayout _layout = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-shell-");

    public void Dispose()
    {
        _layout.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task JsonIsOneDocumentOfImageLayersComponentsAndGaps()
    {
        var digest = _layout.Add("v1", Image());

        var run = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(digest, (string?)run.Json["image"]!["digest"]);
        Assert.Equal("linux/amd64", (string?)run.Json["image"]!["platform"]);
        Assert.Equal(["ADD base", "COPY app /app"], run.Json["layers"]!.AsArray().Select(layer => (string?)layer!["instruction"]));
        Assert.Empty(run.Json["gaps"]!.AsArray());
        var components = run.Json["components"]!.AsArray();
        Assert.Equal(2, components.Count);
        Assert.True(JsonNode.DeepEquals(components[0], JsonNode.Parse("""
            {
              "type": "deb", "ecosystem": "Debian:12", "name": "libssl3", "version": "3.0.1-1+b2", "source": "openssl", "sourceVersion": "3.0.1-1", "layer": 0,
              "purl": "pkg:deb/debian/libssl3@3.0.1-1%2Bb2?arch=amd64&distro=debian-12&upstream=openssl%403.0.1-1", "paths": ["var/lib/dpkg/status"]
            }
            """)), components[0]!.ToJsonString());
        Assert.Equal(("npm", null, 1), ((string?)components[1]!["ecosystem"], (string?)components[1]!["source"], (int)components[1]!["layer"]!));
    }

    [Fact]
    public async Task WithAdvisoriesEachComponentTellsItsVulnerabilitiesAndWhatCouldNotBeAsked()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "openssl", "DSA-1", "3.0.2-1", cve: "CVE-2026-0001").Add("Debian:12", "other", "DSA-2", null);
        _layout.Add("v1", Image());

        var run = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", advisories.Path);

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        var components = run.Json["components"]!.AsArray();
        var found = Assert.Single(components[0]!["findings"]!.AsArray())!;
        Assert.Equal(("CVE-2026-0001", "3.0.2-1", "Affected"), ((string?)found["id"], (string?)found["fixedVersion"], (string?)found["verdict"]));
        Assert.Null(components[1]!["findings"]);
        Assert.Null(found["knownExploited"]);
        Assert.Contains("1 packages of npm were not matched: The source has no data for npm.", (string?)Assert.Single(run.Json["gaps"]!.AsArray())!["reason"], StringComparison.Ordinal);

        var table = await RunAsync($"oci:{_layout.Folder}", "--advisories", advisories.Path);
        Assert.Matches(@"(?m)^Unknown +CVE-2026-0001 +libssl3 +3\.0\.1-1\+b2 +3\.0\.2-1 +– +–\r?$", table.Output);
        Assert.Equal(1, (await RunAsync($"oci:{_layout.Folder}", "--format", "spdx", "--advisories", advisories.Path)).ExitCode);
    }

    [Fact]
    public async Task RecordsThatCantBeReadAreAGapSinceTheyMayBeAboutAPackageHere()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "other", "DSA-1", "1").Add("npm", "other", "GHSA-1", null).Add("npm", "GHSA-2", "{ not json").Add("npm", "GHSA-3", "[]");
        _layout.Add("v1", Image());

        var run = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", advisories.Path);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("2 of the records on npm could not be read", (string?)Assert.Single(run.Json["gaps"]!.AsArray())!["reason"], StringComparison.Ordinal);
        Assert.Empty(run.Json["components"]![1]!["findings"]!.AsArray());
    }

    [Fact]
    public async Task AMirrorIsAskedForTheCatalogItselfAndMayLackIt()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "openssl", "DSA-1", "3.0.2-1", cve: "CVE-2026-0001").Add("npm", "other", "GHSA-1", null);
        await using var mirror = await FeedServer.StartAsync(advisories.Path);
        _layout.Add("v1", Image());

        var without = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", mirror.Address);
        await File.WriteAllTextAsync(Path.Combine(advisories.Path, "kev.json"), """{"vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": "2026-11-01"}]}""");
        var with = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", mirror.Address);

        // What nobody could tell of exploitation is no gap in what was matched.
        Assert.Equal((0, 0), (without.ExitCode, with.ExitCode));
        Assert.Null(without.Json["components"]![0]!["findings"]![0]!["knownExploited"]);
        Assert.True((bool)with.Json["components"]![0]!["findings"]![0]!["knownExploited"]!["listed"]!);
    }

    [Fact]
    public async Task WithTheCatalogAndScoresInTheFolderEachFindingTellsItsExploitation()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "openssl", "DSA-1", "3.0.2-1", cve: "CVE-2026-0001").Add("Debian:12", "openssl", "DSA-2", "3.0.2-1", cve: "CVE-2026-0002")
            .Add("npm", "other", "GHSA-1", null);
        await File.WriteAllTextAsync(Path.Combine(advisories.Path, "kev.json"), """{"vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": "2026-11-01", "dueDate": "2026-11-22"}]}""");
        await using (var scores = new GZipStream(File.Create(Path.Combine(advisories.Path, "epss.csv.gz")), CompressionLevel.Fastest))
        {
            scores.Write("cve,epss,percentile\nCVE-2026-0002,0.25,0.75\n"u8);
        }

        _layout.Add("v1", Image());
        var run = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", advisories.Path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var found = run.Json["components"]![0]!["findings"]!.AsArray();
        Assert.Equal((true, null), ((bool)found[0]!["knownExploited"]!["listed"]!, found[0]!["epss"]));
        Assert.Equal((false, 0.25, 0.75), ((bool)found[1]!["knownExploited"]!["listed"]!, (double)found[1]!["epss"]!["probability"]!, (double)found[1]!["epss"]!["percentile"]!));

        var table = (await RunAsync($"oci:{_layout.Folder}", "--advisories", advisories.Path)).Output;
        Assert.Matches(@"(?m)^SEVERITY .* EXPLOITED +EPSS\r?\n.* CVE-2026-0001 .* known +–\r?\n.* CVE-2026-0002 .* not listed +25\.0 %", table);
        // Of what is about packages that are here.
        Assert.Equal("Debian Security Tracker, CISA Known Exploited Vulnerabilities Catalog, EPSS, FIRST.org", string.Join(", ", run.Json["sources"]!.AsArray().Select(source => (string?)source!["name"])));
        Assert.EndsWith("Sources: Debian Security Tracker (see the source), CISA Known Exploited Vulnerabilities Catalog (CC0-1.0), EPSS, FIRST.org (free with attribution)", table.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVulnerabilityThatIsExploitedUnderAnotherOfItsCvesIsToldSoWithThatCve()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "openssl", "DSA-1", "3.0.2-1", cve: "CVE-2026-0002").Add("npm", "other", "GHSA-1", null)
            .Add("npm", "GHSA-2", """{"id":"GHSA-2","modified":"2026-11-01T00:00:00Z","aliases":["CVE-2026-0003","CVE-2026-0001"],"affected":[{"package":{"ecosystem":"npm","name":"left-pad"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}""")
            .AddExploitation("CVE-2026-0003", 0.5, 0.9);
        _layout.Add("v1", Image());

        var run = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", advisories.Path);
        var found = run.Json["components"]!.AsArray().Single(component => (string?)component!["name"] == "left-pad")!["findings"]![0]!;
        Assert.Equal(("CVE-2026-0001", "CVE-2026-0003"), ((string?)found["id"], (string?)Assert.Single(found["otherCves"]!.AsArray())));
        Assert.Equal((true, true, "CVE-2026-0003"), ((bool)found["knownExploited"]!["listed"]!, (bool)found["knownExploited"]!["usedByRansomware"]!, (string?)found["knownExploited"]!["cve"]));
        Assert.Equal((0.5, "CVE-2026-0003"), ((double)found["epss"]!["probability"]!, (string?)found["epss"]!["cve"]));

        var table = (await RunAsync($"oci:{_layout.Folder}", "--advisories", advisories.Path)).Output;
        Assert.Matches(@"(?m)^SEVERITY .*
?
.* CVE-2026-0001 .* known \(CVE-2026-0003\) +50\.0 % \(CVE-2026-0003\)
?
.* CVE-2026-0002 .* not listed +–", table);
    }

    [Fact]
    public async Task TheTableTellsPackagesAndGapsAndTheGapsAreTheExitCode()
    {
        _layout.Add("v1", Image().Layer("COPY bad", ("srv/node_modules/bad/package.json", "{")));

        var run = await RunAsync($"oci:{_layout.Folder}");

        Assert.Equal(3, run.ExitCode);
        Assert.Matches(@"(?m)^Packages +2 \(1 deb, 1 npm\)", run.Output);
        Assert.Matches(@"(?m)^Gaps +1; .*\n  Malformed: srv/node_modules/bad/package.json: ", run.Output);
        Assert.Matches(@"(?m)^left-pad +1\.0\.0 +npm +1 +app/node_modules/left-pad/package\.json", run.Output);
    }

    [Fact]
    public async Task WhatIsOnlyDeclaredIsToldSoAndNeverMatched()
    {
        using var advisories = new AdvisoryFolder().Add("Debian:12", "openssl", "DSA-1", null).Add("npm", "left-pad", "GHSA-1", null).Add("npm", "ghost", "GHSA-2", null);
        _layout.Add("v1", Image().Layer("COPY tool", ("app/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/left-pad":{"version":"1.0.0"},"node_modules/ghost":{"version":"1.0.0"}}}"""),
            ("opt/node_modules/npm/package.json", """{"name":"npm","version":"10.8.2"}"""), ("opt/node_modules/npm/node_modules/tar/package.json", """{"name":"tar","version":"6.2.0"}""")));

        var run = await RunAsync($"oci:{_layout.Folder}", "--format", "json", "--advisories", advisories.Path);
        var table = await RunAsync($"oci:{_layout.Folder}", "--advisories", advisories.Path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonNode Find(string name) => run.Json["components"]!.AsArray().Single(component => (string?)component!["name"] == name)!;
        Assert.Equal((true, false), ((bool?)Find("ghost")["declared"], Find("ghost").AsObject().ContainsKey("findings")));
        Assert.Equal((null, 1), ((bool?)Find("left-pad")["declared"], Find("left-pad")["findings"]!.AsArray().Count));
        Assert.Equal(("npm 10.8.2", 0), ((string?)Find("tar")["partOf"], Find("tar")["findings"]!.AsArray().Count));
        Assert.Matches(@"(?m)^Packages +4 \(3 npm, 1 deb\)", table.Output);
        Assert.Matches(@"(?m)^Declared +1; named in a lock file, not found installed: not matched", table.Output);
        Assert.Matches(@"(?m)^ghost +1\.0\.0 +npm +2 +app/package-lock\.json \(declared\)", table.Output);
        Assert.Matches(@"(?m)^tar +6\.2\.0 .*\(part of npm 10\.8\.2\)", table.Output);
        Assert.DoesNotContain("GHSA-2", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoTextOfAnImageReachesTheTerminalAsAControlCharacter()
    {
        _layout.Add("v1", Image().Layer("COPY evil", ("srv/node_modules/e/package.json", """{"name":"evil\u001b]0;x\u0007","version":"1\u202e2\n"}"""), ("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"\u001b[2J\"\n")));

        var run = await RunAsync($"oci:{_layout.Folder}");

        Assert.DoesNotContain(run.Output, character => character != '\n' && character != '\r' && (char.IsControl(character) || character == '\u202e'));
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("analyze", "ubuntu")]
    [InlineData("analyze", "oci:/no/such/folder")]
    [InlineData("analyze", "archive:/no/such/file.tar")]
    [InlineData("analyze", "localhost:1/app:v1")]
    [InlineData("analyze", "localhost/app", "--format", "yaml")]
    [InlineData("analyze", "localhost/app", "--platform", "linux")]
    [InlineData("no-such-verb")]
    public async Task WhatCanNotBeDoneEndsWithOneAndAReasonAndNoOutput(params string[] arguments)
    {
        var run = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(), arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output.Trim()));
        Assert.NotEmpty(run.Error.Trim());
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownTagNamesThoseThatThereAre()
    {
        _layout.Add("v1", Image());

        var run = await RunAsync($"oci:{_layout.Folder}:v2");

        Assert.Equal((1, "", $"{Path.GetFileName(_layout.Folder)} holds no image v2. It holds v1."), (run.ExitCode, run.Output, run.Error.Trim()));
    }

    [Fact]
    public async Task AWrongDigestGivesNoResultAndLeavesTheOutputFileAsItWas()
    {
        var digest = _layout.Add("v1", Image());
        await File.AppendAllTextAsync(Path.Combine(_layout.Folder, "blobs", "sha256", Digest.Parse(digest).Hex), " ");
        await File.WriteAllTextAsync(FilePath("result.json"), "old");

        var run = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "json", "--output", "result.json");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal($"The bytes of blob {digest} have another digest: the image is damaged or was tampered with.", run.Error.Trim());
        Assert.Equal("old", await File.ReadAllTextAsync(FilePath("result.json")));
        Assert.Equal(["result.json"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task OutputReplacesTheFileWhole()
    {
        _layout.Add("v1", Image());
        await File.WriteAllTextAsync(FilePath("result.json"), new string('x', 100_000));

        var run = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "json", "--output", "result.json");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(2, JsonNode.Parse(await File.ReadAllTextAsync(FilePath("result.json")))!["components"]!.AsArray().Count);
        Assert.Equal(["result.json"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task ADockerArchiveHasTheComponentsOfTheLayoutThatItWasMadeOf()
    {
        _layout.Add("v1", Image());
        await Tool.RunAsync("skopeo", ["--insecure-policy", "copy", "--quiet", $"oci:{_layout.Folder}:v1", $"docker-archive:{FilePath("image.tar")}:example.org/app:v1"]);

        var layout = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "json");
        var archive = await RunAsync("archive:image.tar", "--format", "json");

        Assert.Equal(0, archive.ExitCode);
        Assert.True(JsonNode.DeepEquals(layout.Json["components"], archive.Json["components"]));
    }

    [Fact]
    public async Task BillsOfMaterialsNameTheImageAndItsPackages()
    {
        _layout.Add("v1", Image());

        var spdx = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "spdx");
        var cycloneDx = await RunAsync($"oci:{_layout.Folder}:v1", "--format", "cyclonedx");

        Assert.Equal(("SPDX-2.3", 4), ((string?)spdx.Json["spdxVersion"], spdx.Json["packages"]!.AsArray().Count));
        Assert.Equal(("CycloneDX", "1.6", 3), ((string?)cycloneDx.Json["bomFormat"], (string?)cycloneDx.Json["specVersion"], cycloneDx.Json["components"]!.AsArray().Count));
        Assert.StartsWith("pkg:oci/", (string?)cycloneDx.Json["metadata"]!["component"]!["purl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARegistrysImageIsReadWithTheCredentialsOfTheEnvironment()
    {
        await using var registry = await RegistryHost.StartAsync();
        _layout.Add("v1", Image());
        var digest = await registry.PushAsync(_layout.Folder, "v1", "team/app");
        var allowed = new Dictionary<string, string> { ["Registries__AllowedHosts"] = registry.AllowedHosts };
        var signed = new Dictionary<string, string>(allowed) { ["SCOUT_REGISTRY_USERNAME"] = RegistryHost.TokenName, ["SCOUT_REGISTRY_PASSWORD"] = RegistryHost.Password };

        var run = await ShellRun.RunAsync(_folder.FullName, signed, "analyze", $"{registry.Host}/team/app:v1", "--format", "json");
        var byDigest = await ShellRun.RunAsync(_folder.FullName, signed, "analyze", $"{registry.Host}/team/app@{digest}", "--format", "json");
        var unknown = await ShellRun.RunAsync(_folder.FullName, signed, "analyze", $"{registry.Host}/team/app:v2");
        var nobody = await ShellRun.RunAsync(_folder.FullName, allowed, "analyze", $"{registry.Host}/team/app:v1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal((digest, 2), ((string?)run.Json["image"]!["digest"], run.Json["components"]!.AsArray().Count));
        Assert.True(JsonNode.DeepEquals(run.Json["components"], byDigest.Json["components"]));
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("404", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("SCOUT_REGISTRY_USERNAME", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HelpAndVersionStartNoDashboard()
    {
        var help = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(), "--help");
        var version = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(), "--version");

        Assert.Contains("analyze", help.Output, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        Assert.Equal((0, 0), (help.ExitCode, version.ExitCode));
    }

    private static OciImageBuilder Image() => new OciImageBuilder()
        .Layer("ADD base", ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
            ("var/lib/dpkg/status", "Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.1-1)\nArchitecture: amd64\nVersion: 3.0.1-1+b2\n\n"))
        .Layer("COPY app /app", ("app/node_modules/left-pad/package.json", """{"name":"left-pad","version":"1.0.0"}"""));

    private string FilePath(string name) => Path.Combine(_folder.FullName, name);

    private Task<ShellRun> RunAsync(params IEnumerable<string> arguments) => ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(), arguments.Prepend("analyze"));
}
