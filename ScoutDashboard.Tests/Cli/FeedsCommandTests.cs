using Microsoft.AspNetCore.Http;
using ScoutDashboard.Tests.Advisories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

public sealed class FeedsCommandTests : IAsyncLifetime, IDisposable
{
    private readonly AdvisoryFolder _source = new();
    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("scout-export-");
    private FeedServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FeedServer.StartAsync(_source.Path);
        _source.Add("npm", "a", "GHSA-1", "1.0.0").Add("Rocky Linux", "openssl", "RLSA-2026:1", "3.0.1");
        await File.WriteAllTextAsync(Path.Combine(_source.Path, "kev.json"), """{"vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": "2026-11-01"}]}""");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _target.Delete(recursive: true);
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task WhatWasExportedIsASourceForAMachineWithoutInternet()
    {
        var run = await RunAsync("--ecosystem", "npm", "--ecosystem", "rocky linux");

        // The server has no scores.
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("epss.csv.gz: failed. 127.0.0.1 does not have the file", run.Output, StringComparison.Ordinal);
        Assert.Contains("6 files: 5 fetched, 0 unchanged, 0 not at the source, 1 failed", run.Output, StringComparison.Ordinal);
        Assert.Equal(["Rocky Linux", "npm"], await File.ReadAllLinesAsync(Path.Combine(_target.FullName, "ecosystems.txt")));
        foreach (var file in new[] { "npm/all.zip", "npm/modified_id.csv", "Rocky Linux/all.zip", "kev.json" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_source.Path, file)), await File.ReadAllBytesAsync(Path.Combine(_target.FullName, file)));
        }

        await using var rig = await AdvisoryRig.CreateAsync(source: _target.FullName, exploitation: true);
        await rig.AddComponentAsync("npm", "a");
        await rig.AddComponentAsync("Rocky Linux:9", "openssl");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        Assert.Equal(["GHSA-1", "RLSA-2026:1"], await rig.AdvisoryIdsAsync());
        Assert.Equal(1, (await rig.FeedAsync("KEV")).Records);
    }

    [Fact]
    public async Task ASecondExportFetchesOnlyWhatChangedAndKeepsWhatCouldNotBeFetched()
    {
        await RunAsync("--ecosystem", "npm");
        var before = await File.ReadAllBytesAsync(Path.Combine(_target.FullName, "npm", "all.zip"));
        _server.TakeAsked();
        await File.WriteAllTextAsync(Path.Combine(_source.Path, "kev.json"), "<html>Sign in</html>");
        _source.Add("npm", "b", "GHSA-2", "1.0.0");
        _server.Troubles["npm/all.zip"] = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };

        var run = await RunAsync("--ecosystem", "npm");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("npm/all.zip: failed. 127.0.0.1 answered 500.", run.Output, StringComparison.Ordinal);
        Assert.Contains("kev.json: failed. The catalog is no whole JSON document.", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_target.FullName, "npm", "all.zip")));
        Assert.StartsWith("{", await File.ReadAllTextAsync(Path.Combine(_target.FullName, "kev.json")), StringComparison.Ordinal);

        _server.Troubles.Clear();
        _server.TakeAsked();
        Assert.Contains("npm/modified_id.csv: unchanged", (await RunAsync("--ecosystem", "npm")).Output, StringComparison.Ordinal);
        Assert.Contains("npm/all.zip:200 npm/modified_id.csv:304", _server.TakeAsked(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheListOfAllChangesTellsTheEcosystemOfEachAndTheNewestFirst()
    {
        _source.Add("npm", "b", "GHSA-2", "1.0.0", modified: new DateTime(2026, 11, 3, 0, 0, 0, DateTimeKind.Utc))
            .Add("Rocky Linux", "RLSA-2026:2", """{"id":"RLSA-2026:2","modified":"2026-11-01T00:00:00.625Z"}""");

        await RunAsync("--ecosystem", "npm");
        await RunAsync("--ecosystem", "Rocky Linux");

        // An earlier export's ecosystem is told, too; of one instant, by name.
        Assert.Equal(
            ["2026-11-03T00:00:00Z,npm/GHSA-2", "2026-11-01T00:00:00.625Z,Rocky Linux/RLSA-2026:2", "2026-11-01T00:00:00Z,Rocky Linux/RLSA-2026:1", "2026-11-01T00:00:00Z,npm/GHSA-1"],
            await File.ReadAllLinesAsync(Path.Combine(_target.FullName, "modified_id.csv")));

        File.Delete(Path.Combine(_target.FullName, "npm", "modified_id.csv"));
        await RunAsync("--ecosystem", "Rocky Linux");
        Assert.False(File.Exists(Path.Combine(_target.FullName, "modified_id.csv")));
    }

    [Fact]
    public async Task AServerOverAnExportedFolderBringsTheChangesOfTheNextExport()
    {
        await RunAsync("--ecosystem", "npm");
        await using var rig = await FeedServerRig.StartAsync(_target.FullName);
        Assert.Equal(1, (await rig.RunAfterAsync(TimeSpan.Zero)).Records);

        _source.Add("npm", "a", "GHSA-2", "2.0.0", modified: AdvisoryRig.Start.AddHours(1));
        await RunAsync("--ecosystem", "npm");
        rig.Server.TakeAsked();
        var feed = await rig.RunAfterAsync(TimeSpan.FromDays(1));

        // The list tells of a record that the folder has in its archive only.
        Assert.Equal((2, 0), (feed.Records, feed.Rejected));
        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.Rig.AdvisoryIdsAsync());
        Assert.Equal("npm/modified_id.csv:200 npm/GHSA-2.json:404 npm/all.zip:200", rig.Server.TakeAsked());
        await rig.RunAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal("npm/modified_id.csv:200", rig.Server.TakeAsked());
    }

    [Fact]
    public async Task ADownloadThatBrokeOffGoesOnTheNextTime()
    {
        await File.WriteAllBytesAsync(Path.Combine(_source.Path, "kev.json"), [.. await File.ReadAllBytesAsync(Path.Combine(_source.Path, "kev.json")), .. new byte[200_000].Select(_ => (byte)' ')]);
        var whole = await File.ReadAllBytesAsync(Path.Combine(_source.Path, "kev.json"));
        using var client = new HttpClient();
        var tag = (await client.GetAsync($"{_server.Address}/kev.json")).Headers.ETag!.ToString();
        // What an export leaves that was killed in the middle.
        var notes = Directory.CreateDirectory(Path.Combine(_target.FullName, ".export")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(notes, "kev.json.part"), whole[..100_000]);
        await File.WriteAllTextAsync(Path.Combine(notes, "kev.json.part.tag"), tag);
        _server.TakeAsked();

        await RunAsync("--ecosystem", "npm");

        Assert.Contains("kev.json:206", _server.TakeAsked(), StringComparison.Ordinal);
        Assert.Equal(whole, await File.ReadAllBytesAsync(Path.Combine(_target.FullName, "kev.json")));
        Assert.DoesNotContain(Directory.EnumerateFiles(notes, "*", SearchOption.AllDirectories), file => file.Contains(".part", StringComparison.Ordinal) && file.Contains("kev", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutADatabaseEcosystemsMustBeNamed()
    {
        var run = await RunAsync();
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("name ecosystems by --ecosystem", run.Error, StringComparison.Ordinal);

        var unknown = await RunAsync("--ecosystem", "Fortran");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("There is no feed for Fortran. There are Debian,", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdvisoriesWithTermsAreCopiedOnlyWithConsent()
    {
        _source.Add("Wolfi", "busybox", "CGA-1", "1.0");

        var refused = await RunAsync("--ecosystem", "Wolfi");
        Assert.Contains("Wolfi: failed. The licence of Wolfi's advisories is yours to accept", refused.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_target.FullName, "Wolfi")));

        await RunAsync(new Dictionary<string, string> { ["Advisories__OptIn__0"] = "Wolfi" }, "--ecosystem", "Wolfi");
        Assert.True(File.Exists(Path.Combine(_target.FullName, "Wolfi", "all.zip")));
    }

    private Task<ShellRun> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private Task<ShellRun> RunAsync(Dictionary<string, string> settings, params string[] arguments) => ShellRun.RunAsync(
        _target.FullName,
        new Dictionary<string, string>(settings)
        {
            ["Advisories__Source"] = _server.Address, ["Advisories__Addresses__KEV"] = $"{_server.Address}/kev.json", ["Advisories__Addresses__EPSS"] = $"{_server.Address}/epss.csv.gz",
        },
        ["feeds", "export", _target.FullName, .. arguments]);
}
