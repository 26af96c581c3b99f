using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>The verb <c>match</c> as a shell runs it.</summary>
public sealed class MatchCommandTests : IDisposable
{
    private readonly AdvisoryFolder _advisories = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-match-");

    public void Dispose()
    {
        _advisories.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [SharedFact]
    public async Task EveryRealCaseFindsExactlyItsAdvisories()
    {
        var cases = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.PathOf("cases", "open.json")))!.AsArray();

        var run = await RunAsync(string.Concat(cases.Select(item => item!.ToJsonString() + "\n")), "--advisories", SharedData.PathOf("advisories"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var answers = Lines(run);
        Assert.Equal(cases.Count, answers.Count);
        Assert.Empty(cases.Zip(answers, (item, answer) => (Expected: Ids(item!["expected"]), Answer: answer)).Where(pair => !pair.Expected.SequenceEqual(Ids(pair.Answer["ids"])))
            .Select(pair => $"expected {string.Join(' ', pair.Expected)}: {pair.Answer.ToJsonString()}"));
        // Of a package of a module nobody can say as long as its stream is not told; of everything else one can.
        Assert.All(cases.Zip(answers), pair => Assert.True(!Ids(pair.Second["undecidedIds"]).Any() || ((string)pair.First!["version"]!).Contains(".module", StringComparison.Ordinal), pair.Second.ToJsonString()));
        Assert.Equal(91, answers.Count(answer => Ids(answer["undecidedIds"]).Any()));
        // Notices on several vulnerabilities, as those of AlmaLinux and Rocky Linux, stand with each of them.
        var single = cases.Zip(answers).Where(pair => !((string)pair.First!["ecosystem"]!).Contains("Linux", StringComparison.Ordinal)).ToList();
        Assert.Equal(single.Select(pair => Groups(pair.First!["groups"]!.AsArray())), single.Select(pair => Groups(pair.Second["vulnerabilities"]?.AsArray().Select(found => found!["advisories"]) ?? [])));
    }

    [SharedFact]
    public async Task ThePurlAloneFindsWhatSourceAndEcosystemFind()
    {
        var cases = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.PathOf("cases", "open.json")))!.AsArray().Where(item => item!["purl"] is not null).ToList();

        var run = await RunAsync(string.Concat(cases.Select(item => new JsonObject { ["purl"] = (string?)item!["purl"] }.ToJsonString() + "\n")), "--advisories", SharedData.PathOf("advisories"));

        Assert.True(cases.Count > 90, $"{cases.Count} cases ran.");
        Assert.Equal(cases.Select(item => string.Join(' ', Ids(item!["expected"]))), Lines(run).Select(answer => string.Join(' ', Ids(answer["ids"]))));
    }

    [Theory]
    [InlineData("pkg:deb/debian/libssl3@3.0.1-1%2Bb2?arch=amd64&distro=debian-12&upstream=openssl%403.0.1-1", "Debian:12", "openssl", "3.0.1-2", true)]
    [InlineData("pkg:deb/debian/libssl3@3.0.1-1%2Bb2?distro=debian-12&upstream=openssl%403.0.1-2", "Debian:12", "openssl", "3.0.1-2", false)]
    [InlineData("pkg:deb/debian/openssl@3.0.1-1?distro=bookworm", "Debian:12", "openssl", "3.0.1-2", true)]
    [InlineData("pkg:deb/ubuntu/openssl@3.0.1-1?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "openssl", "3.0.1-2", true)]
    [InlineData("pkg:apk/alpine/libssl3@3.1.0-r0?distro=alpine-3.20.3&upstream=openssl", "Alpine:v3.20", "openssl", "3.1.0-r1", true)]
    [InlineData("pkg:apk/alpine/busybox@1.0-r0?distro=3.20.3", "Alpine:v3.20", "busybox", "1.0-r1", true)]
    [InlineData("pkg:rpm/almalinux/openssl-libs@1.1.1k-7.el8?epoch=1&distro=almalinux-8.9&upstream=openssl-1.1.1k-7.el8.src.rpm", "AlmaLinux:8", "openssl-libs", "1:1.1.1k-9.el8", true)]
    [InlineData("pkg:rpm/almalinux/openssl-libs@1.1.1k-7.el8?epoch=1&distro=almalinux-8.9", "AlmaLinux:8", "openssl-libs", "1.1.1k-9.el8", false)]
    [InlineData("pkg:rpm/rocky-linux/bash@1-1?distro=rocky-9.3", "Rocky Linux:9", "bash", "1-2", true)]
    [InlineData("pkg:rpm/redhat/bash@1-1?distro=redhat-9.3", "Red Hat:enterprise_linux:9::baseos", "bash", "0:1-2", true)]
    [InlineData("pkg:rpm/redhat/bash@1-2?distro=rhel-9.3", "Red Hat:enterprise_linux:9::baseos", "bash", "0:1-2", false)]
    [InlineData("pkg:rpm/azure-linux/openssl-libs@3-1?distro=azurelinux-3.0&upstream=openssl-3-1.src.rpm", "Azure Linux:3", "openssl", "3-2", true)]
    [InlineData("pkg:rpm/suse/libz1@1-1?distro=sles-15.5&upstream=zlib", "SUSE:Linux Enterprise Server 15 SP5", "zlib", "1-2", true)]
    [InlineData("pkg:rpm/opensuse/libz1@1-1?distro=opensuse-leap-15.6&upstream=zlib", "openSUSE:Leap 15.6", "zlib", "1-2", true)]
    [InlineData("pkg:npm/%40angular/core@1.0.0", "npm", "@angular/core", "1.0.1", true)]
    [InlineData("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0?type=jar", "Maven", "org.apache.logging.log4j:log4j-core", "2.15.0", true)]
    [InlineData("pkg:composer/symfony/http-kernel@v1.0.0", "Packagist", "Symfony/Http-Kernel", "1.0.1", true)]
    [InlineData("pkg:golang/golang.org/x/net@v0.1.0#html", "Go", "golang.org/x/net", "0.2.0", true)]
    [InlineData("pkg:golang/stdlib@go1.21rc2", "Go", "stdlib", "1.21.0-rc.3", true)]
    [InlineData("pkg:golang/stdlib@go1.21rc3", "Go", "stdlib", "1.21.0-rc.3", false)]
    [InlineData("pkg:gem/nokogiri@1.15.4-x86_64-linux", "RubyGems", "nokogiri", "1.15.4", false)]
    [InlineData("pkg:pypi/Typing_Extensions@1.0", "PyPI", "typing-extensions", "1.1", true)]
    [InlineData("pkg:nuget/Newtonsoft.Json@12.0.1", "NuGet", "newtonsoft.json", "13.0.1", true)]
    [InlineData("pkg:cargo/smallvec@1.0.0", "crates.io", "smallvec", "1.0.1", true)]
    public async Task APurlIsMatchedAsItsEcosystemNamesPackages(string purl, string ecosystem, string name, string fixedIn, bool isAffected)
    {
        _advisories.Add(ecosystem, name, "X-1", fixedIn);

        var answer = Assert.Single(await MatchAsync(new { purl }));

        Assert.Equal((true, isAffected ? "X-1" : ""), ((bool?)answer["matched"], string.Join(' ', Ids(answer["ids"]))));
    }

    [Theory]
    [InlineData("""{"purl":"pkg:generic/openssl@3.0"}""", "generic")]
    [InlineData("""{"purl":"pkg:npm/left"}""", "no version")]
    [InlineData("""{"purl":"pkg:deb/debian/openssl@3.0"}""", "distribution")]
    [InlineData("""{"purl":"pkg:deb/ubuntu/openssl@3.0?distro=debian-12"}""", "distribution")]
    [InlineData("""{"purl":"pkg:rpm/redhat/bash@1?distro=rhel-9.3"}""", "no data for Red Hat")]
    [InlineData("""{"purl":"pkg:rpm/oracle/bash@1?distro=ol-9.3"}""", "no advisories")]
    [InlineData("""{"purl":"pkg:pypi/six@1?distro=debian-12&owner=python3-six"}""", "python3-six")]
    [InlineData("""{"ecosystem":"Debian:99","name":"openssl","version":"1"}""", "Debian:99")]
    [InlineData("""{"ecosystem":"Debian","name":"openssl","version":"1"}""", "Debian")]
    [InlineData("""{"ecosystem":"PyPI","name":"six","version":"1"}""", "no data for PyPI")]
    [InlineData("""{"ecosystem":"Nonsense","name":"six","version":"1"}""", "No feed tells of Nonsense")]
    [InlineData("""{"ecosystem":"../npm","name":"six","version":"1"}""", "No feed")]
    [InlineData("""{"ecosystem":"Wolfi","name":"six","version":"1"}""", "licence")]
    public async Task WhatNoAdvisoriesSpeakOfIsNotMatchedWithAReasonAndNeverAnEmptyList(string line, string reason)
    {
        _advisories.Add("Debian:12", "openssl", "X-1", "2").Add("npm", "other", "X-2", null);

        var run = await RunAsync(line + "\n", "--advisories", _advisories.Path);

        var answer = Assert.Single(Lines(run));
        Assert.Equal((0, false), (run.ExitCode, (bool?)answer["matched"]));
        Assert.Contains(reason, (string?)answer["reason"], StringComparison.Ordinal);
        Assert.Null(answer["ids"]);
        Assert.Null(answer["vulnerabilities"]);
    }

    [Fact]
    public async Task ASourceThatCanNotBeReadIsNoSuccess()
    {
        var run = await RunAsync("{\"ecosystem\":\"npm\",\"name\":\"left\",\"version\":\"1\"}\n", "--advisories", Path.Combine(_folder.FullName, "none"));
        Assert.Equal((1, "", $"There is no folder {Path.Combine(_folder.FullName, "none")}."), (run.ExitCode, run.Output, run.Error.Trim()));

        _advisories.Add("npm", "left", "X-1", "2").Add("PyPI", "six", "X-2", "2");
        await File.WriteAllTextAsync(Path.Combine(_advisories.Path, "npm", "all.zip"), "no archive");
        var half = await RunAsync("{\"ecosystem\":\"npm\",\"name\":\"left\",\"version\":\"1\"}\n{\"ecosystem\":\"PyPI\",\"name\":\"six\",\"version\":\"1\"}\n", "--advisories", _advisories.Path);

        Assert.Equal((1, "False True"), (half.ExitCode, string.Join(' ', Lines(half).Select(answer => (bool)answer["matched"]!))));
        Assert.Contains("could not be read", half.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerTellsEachVulnerabilityOnceWithItsSeverityAndFix()
    {
        const string Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        _advisories.Add("npm", "left", "GHSA-1", "2.0.0", cve: "CVE-2026-0001", vector: Vector).Add("npm", "left", "CVE-2026-0001", "1.5.0").Add("npm", "left", "GHSA-2", null);

        var answers = await MatchAsync(new { ecosystem = "npm", name = "left", version = "1.0.0" }, new { ecosystem = "npm", name = "left", version = "not a version" }, new { ecosystem = "npm", name = "right", version = "1" });

        Assert.Equal("CVE-2026-0001 GHSA-1 GHSA-2", string.Join(' ', Ids(answers[0]["ids"])));
        Assert.True(JsonNode.DeepEquals(answers[0]["vulnerabilities"]![0], JsonNode.Parse($$"""
            {
              "id": "CVE-2026-0001", "otherCves": [], "advisories": ["CVE-2026-0001", "GHSA-1"], "verdict": "affected", "reason": null,
              "severity": { "level": "critical", "score": 9.8, "vector": "{{Vector}}", "source": "CVSS:3.1 of GHSA-1", "distribution": null }, "fixedVersion": "2.0.0", "fixState": "fixed"
            }
            """)), answers[0].ToJsonString());
        Assert.Equal(["CVE Program, converted by OSV.dev: CVE terms of use", "GitHub Advisory Database: CC-BY-4.0"], answers[0]["sources"]!.AsArray().Select(source => $"{source!["name"]}: {source["licence"]}"));
        Assert.Equal("[]", answers[2]["sources"]!.ToJsonString());
        Assert.Equal(("GHSA-2", "noFix", "unknown"), ((string?)answers[0]["vulnerabilities"]![1]!["id"], (string?)answers[0]["vulnerabilities"]![1]!["fixState"], (string?)answers[0]["vulnerabilities"]![1]!["severity"]!["level"]));
        Assert.Equal(("[]", "[]", "CVE-2026-0001 GHSA-1"), (answers[0]["undecidedIds"]!.ToJsonString(), answers[2]["undecidedIds"]!.ToJsonString(), string.Join(' ', Ids(answers[1]["undecidedIds"]))));
        Assert.Equal("CVE-2026-0001 GHSA-1 GHSA-2", string.Join(' ', Ids(answers[1]["ids"])));
        Assert.Contains(answers[1]["vulnerabilities"]!.AsArray(), found => (string?)found!["verdict"] == "undecided" && ((string?)found["reason"])!.Contains("not a version", StringComparison.Ordinal));
        Assert.Equal((true, "[]", "[]"), ((bool?)answers[2]["matched"], answers[2]["ids"]!.ToJsonString(), answers[2]["vulnerabilities"]!.ToJsonString()));
    }

    [Fact]
    public async Task AnAnswerTellsTheDistributionsOwnWordAndWhatElseTheVulnerabilityIsCalled()
    {
        _advisories.Add("Debian:12", "DEBIAN-CVE-2026-0001", """
            {"id": "DEBIAN-CVE-2026-0001", "modified": "2026-11-01T00:00:00Z", "upstream": ["CVE-2026-0001"], "aliases": ["CVE-2026-0002"], "affected": [
             {"package": {"ecosystem": "Debian:12", "name": "openssl"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "ecosystem_specific": {"urgency": "unimportant"}}]}
            """);

        var answer = Assert.Single(await MatchAsync(new { ecosystem = "Debian:12", name = "openssl", version = "1" }));

        var found = Assert.Single(answer["vulnerabilities"]!.AsArray())!;
        Assert.Equal(("CVE-2026-0001", "CVE-2026-0002", "Debian urgency: unimportant"), ((string?)found["id"], string.Join(' ', Ids(found["otherCves"])), (string?)found["severity"]!["distribution"]));
    }

    [Fact]
    public async Task EachBadLineIsAnsweredInItsPlaceAndTheOthersStill()
    {
        _advisories.Add("npm", "left", "X-1", "2");
        string[] lines = ["""{"ecosystem":"npm","name":"left","version":"1"}""", "", "nonsense", "[1]", """{"name":"left","version":"1"}""", """{"purl":"npm/left"}""", """{"purl":7}""", $"\"{new string('x', 70_000)}\"",
            """{"ecosystem":"npm","name":"\ud800","version":"1"}""", new string('[', 5000), """{"ecosystem":"npm","name":"left","version":"1"}"""];

        var run = await RunAsync(string.Join('\n', lines), "--advisories", _advisories.Path);

        var answers = Lines(run);
        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        Assert.Equal(Enumerable.Range(1, lines.Length), answers.Select(answer => (int)answer["line"]!));
        Assert.Equal([1, 11], answers.Where(answer => answer["error"] is null).Select(answer => (int)answer["line"]!));
    }

    [Fact]
    public async Task WithoutASourceTheDashboardsDatabaseAnswersAndWhatItNeverLoadedIsNotMatched()
    {
        var data = await DatabaseAsync();

        var run = await RunAsync(data, """{"ecosystem":"npm","name":"left","version":"1"}""" + "\n" + """{"ecosystem":"PyPI","name":"left","version":"1"}""" + "\n");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("X-1", Assert.Single(Ids(Lines(run)[0]["ids"])));
        Assert.Equal((false, "The advisories of PyPI were never loaded into this dashboard."), ((bool?)Lines(run)[1]["matched"], (string?)Lines(run)[1]["reason"]));
    }

    [Fact]
    public async Task WithoutDatabaseOrWithOneOfAnotherVersionThereIsNoResultAndAReason()
    {
        var nothing = await RunAsync(_folder.FullName, "{}\n");
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "scout.db")};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "CREATE TABLE Feeds (Id INTEGER)";
            await command.ExecuteNonQueryAsync();
        }

        var other = await RunAsync(_folder.FullName, "{}\n");

        Assert.Equal((1, "", 1, ""), (nothing.ExitCode, nothing.Output, other.ExitCode, other.Output));
        Assert.Contains("There is no database", nothing.Error, StringComparison.Ordinal);
        Assert.Contains("another version", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyComponentsOfOneEcosystemReadItsArchiveOnce()
    {
        _advisories.Add("npm", "left", "X-1", "2");
        var input = string.Concat(Enumerable.Range(0, 50_000).Select(number => $$"""{"ecosystem":"npm","name":"left","version":"{{number % 4}}.0"}""" + "\n"));

        var run = await RunAsync(input, "--advisories", _advisories.Path);

        Assert.Equal((0, 25_000), (run.ExitCode, run.Output.Split('\n').Count(line => line.Contains("\"ids\":[\"X-1\"]", StringComparison.Ordinal))));
    }

    private static async Task AddAsync(ScoutDb db, string id, string name)
    {
        var json = $$"""{"id":"{{id}}","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"{{name}}"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}""";
        db.Advisories.Add(new Advisory { Id = id, Document = AdvisoryDocument.Encode(System.Text.Encoding.UTF8.GetBytes(json)) });
        db.AffectedPackages.Add(new AffectedPackage { AdvisoryId = id, Ecosystem = "npm", EcosystemBase = "npm", Name = name });
        await db.SaveChangesAsync();
    }

    private static List<JsonNode> Lines(ShellRun run) => [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static string Groups(IEnumerable<JsonNode?> groups) => string.Join(" | ", groups.Select(group => string.Join(' ', Ids(group).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Ids(JsonNode? list) => list?.AsArray().Select(id => (string)id!) ?? [];

    private async Task<string> DatabaseAsync()
    {
        await using var services = new ServiceCollection().AddLogging().AddScoutData(Path.Combine(_folder.FullName, "scout.db")).BuildServiceProvider();
        await DataServices.MigrateAsync(services, CancellationToken.None);
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        db.Feeds.Add(new FeedState { Key = "npm", Covers = "npm", LastSuccessAt = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc) });
        await AddAsync(db, "X-1", "left");
        return _folder.FullName;
    }

    private async Task<List<JsonNode>> MatchAsync(params object[] components)
    {
        var run = await RunAsync(string.Concat(components.Select(component => JsonSerializer.Serialize(component) + "\n")), "--advisories", _advisories.Path);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return Lines(run);
    }

    private Task<ShellRun> RunAsync(string input, string option, string source) => ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string>(), input, ["match", option, source]);

    private Task<ShellRun> RunAsync(string dataDirectory, string input) => ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = dataDirectory }, input, ["match"]);
}
