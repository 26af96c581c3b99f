using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>An image whose texts would harm whoever looks at it: markup, characters that turn text around, can't be seen or steer a terminal, and a spreadsheet's formulas. Names of repositories and tags can hold none of them: a registry takes letters, digits and a few signs (OCI distribution-spec, "Pulling manifests").</summary>
[Collection("end to end")]
public sealed class HostileImageTests
{
    // In each text that the image brings, so that a look can tell that it was shown.
    private const string Mark = "zqx";
    private const string Markup = "zqx\"'><img/src=x/onerror=window.harmed=1><script>window.harmed=1</script>";
    private const string Unseen = "\u202e\u2066\u200b\ufeff\U000e0041";
    private const string Formula = "=zqx|'/C_calc'!A0";

    // The pages that show a text of the image at all events.
    private static readonly string[] Showing =
    [
        "/", "/images", "/images/2", "/images/2?tab=packages", "/packages", "/packages/2", "/vulnerabilities", "/vulnerabilities/CVE-2026-0001", "/vulnerabilities/CVE-2026-0003", "/changes", "/jobs",
        "/repositories/1", "/exceptions", "/settings/audit", "/integrations/acr/1/repositories",
    ];

    // In which the shell tells an image's findings.
    private static readonly string[] FindingsFormats = ["packages", "json", "sarif"];

    // What may be shown: of controls only those that lay text out, of the rest nothing that is of no width or turns text around. MudBlazor keeps the height of an empty line by a space of no width.
    private const string Look = """
        () => {
            const texts = [document.title, ...[...document.querySelectorAll("body, body *")].flatMap(e => [...[...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data), ...[...e.attributes].map(a => a.value)])];
            const hostile = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;
            return {
                harmed: "harmed" in window || document.querySelector("img[src='x'], svg[onload], [onerror]") !== null,
                hostile: texts.filter(t => t !== "\u200b" && hostile.test(t)).slice(0, 5).map(t => JSON.stringify(t.slice(0, 200))),
                links: [...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin).map(a => a.pathname + a.search),
            };
        }
        """;

    [Fact]
    public async Task NoTextOfAnImageHarmsWhoLooksAtAPageOrOpensAnExport()
    {
        await using var stage = await Stage.SetAsync(new() { ["Repositories__ReconcileInterval"] = "00:00:02" });
        stage.Advisories.Add("npm", "zqx-npm", "GHSA-zqxa-zqxa-zqxa", "2.0.0", "CVE-2026-0001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", $"{Markup}{Unseen} [a](javascript:window.harmed=1)")
            .Add("RubyGems", Formula, "GHSA-zqxb-zqxb-zqxb", "2.0", "CVE-2026-0002").Add("PyPI", $"{Markup}{Unseen}".ToLowerInvariant(), "PYSEC-2026-1", "2.0", "CVE-2026-0003");
        using var layout = new OciLayout();
        layout.Add("one", new OciImageBuilder().Layer("COPY . /srv", ("srv/node_modules/a/package.json", """{"name":"plain","version":"1.0.0"}""")));
        layout.Add("two", Hostile());
        await stage.Registry.PushAsync(layout.Folder, "one", "team/zqx");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        await Stage.EnableAsync(visit, "team/zqx");
        await visit.Page.GotoAsync("/images");
        var row = visit.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "team/zqx" });
        await Expect(row).ToContainTextAsync("0C", new() { Timeout = 120_000 });
        await stage.Registry.PushAsync(layout.Folder, "two", "team/zqx");
        await Expect(row).ToContainTextAsync("1C", new() { Timeout = 120_000 });
        await using (var db = stage.App.OpenDatabase())
        {
            db.Add(new ExceptionRule { OrganizationId = 1, VulnerabilityId = "CVE-2026-0002", Details = $"{Markup}{Unseen}\u001b[31m", CreatedBy = $"{Markup}{Unseen}", CreatedAt = DateTime.UtcNow });
            await db.SaveChangesAsync();
        }

        var (pages, files) = await WalkAsync(visit);

        Assert.Equal("", string.Join('\n', pages.Where(page => page.Value.Harmed).Select(page => page.Key)));
        Assert.Equal("", string.Join('\n', pages.Where(page => page.Value.Hostile.Count > 0).Select(page => $"{page.Key}: {string.Join(", ", page.Value.Hostile)}")));
        Assert.Subset(pages.Keys.ToHashSet(), Showing.ToHashSet());
        Assert.Subset(files.Keys.Select(file => file.Split('?')[0]).ToHashSet(), new HashSet<string> { "/images/2/findings.csv", "/images/2/findings.json", "/images/2/findings.sarif", "/images/2/sbom.cdx.json", "/images/2/sbom.spdx.json", "/settings/audit.csv" });
        Assert.All(files, file => Assert.True(IsHarmless(file.Key, file.Value), $"{file.Key}: {file.Value}"));
        Assert.Contains($"\"'{Formula}\"", files["/images/2/findings.csv"], StringComparison.Ordinal);
        Assert.Equal("", string.Join('\n', visit.ConsoleErrors));
        foreach (var format in FindingsFormats)
        {
            var run = await ShellRun.RunAsync(stage.App.DataDirectory, new Dictionary<string, string> { ["Scout__DataDirectory"] = stage.App.DataDirectory, ["Registries__AllowedHosts"] = stage.Front.AllowedHosts },
                "cves", $"{stage.Front.Host}/team/zqx:two", "--format", format);
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Contains(Mark, run.Output, StringComparison.Ordinal);
            Assert.True(IsHarmless(format == "packages" ? "" : ".json", run.Output), run.Output);
        }
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("cyclonedx")]
    [InlineData("spdx")]
    public async Task NoTextOfAnImageReachesATerminal(string format)
    {
        using var layout = new OciLayout();
        layout.Add($"v{Markup}{Unseen}", Hostile());

        var run = await ShellRun.RunAsync(layout.Folder, new Dictionary<string, string>(), "analyze", $"oci:{layout.Folder}", "--format", format);

        Assert.True(run.ExitCode is 0 or 3, run.Error);
        Assert.Contains(Mark, run.Output, StringComparison.Ordinal);
        Assert.True(IsHarmless(format == "table" ? "" : ".json", run.Output), run.Output);
        Assert.True(IsHarmless("", run.Error), run.Error);
    }

    private static OciImageBuilder Hostile() => new OciImageBuilder()
        .Env($"ZQX{Markup}{Unseen}", "1")
        .Layer($"RUN echo {Markup}{Unseen}\u001b[31m\n", ("etc/os-release", $"ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"zqx{Unseen}\u001b[2J<img/src=x/onerror=window.harmed=1>\"\n"),
            ("var/lib/dpkg/status", $"Package: {Markup}{Unseen}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0{Markup}{Unseen}\n\n"))
        .Layer("COPY . /srv",
            ($"srv/{Mark}\"><img src=x onerror=window.harmed=1>\u202e\u001b[31m\nb/node_modules/e/package.json", $$"""{"name":"zqx-npm","version":"1.0.0","license":{{JsonSerializer.Serialize(Markup + Unseen)}}}"""),
            ("srv/node_modules/f/package.json", $$"""{"name":"zqx-other","version":{{JsonSerializer.Serialize($"1.0.0-{Markup}{Unseen}")}}}"""),
            ("srv/specifications/a.gemspec", $"# -*- encoding: utf-8 -*-\n# stub: {Formula} 1.0 ruby lib\n"),
            ("srv/site-packages/a.dist-info/METADATA", $"Metadata-Version: 2.1\nName: {Markup}{Unseen}\nVersion: 1.0\nLicense: {Markup}{Unseen}\n"));

    // Every page that a link leads to, and every file.
    private static async Task<(Dictionary<string, Seen> Pages, Dictionary<string, string> Files)> WalkAsync(Visit visit)
    {
        var (pages, files) = (new Dictionary<string, Seen>(), new Dictionary<string, string>());
        var open = new Queue<string>(["/", "/images", "/images/2", "/images/2?tab=packages", "/packages", $"/packages?search={Mark}", $"/images?search={Uri.EscapeDataString(Markup)}", "/vulnerabilities", "/exceptions", "/changes", "/jobs", "/settings/audit", "/settings/audit?search=zqx"]);
        while (open.TryDequeue(out var address))
        {
            var path = address.Split('?')[0];
            if (pages.ContainsKey(address) || files.ContainsKey(address) || path.StartsWith("/sign-", StringComparison.Ordinal))
            {
                continue;
            }

            if (Path.GetExtension(path) is ".csv" or ".json" or ".sarif")
            {
                await using var answer = await visit.Page.APIRequest.GetAsync(address);
                files[address] = await answer.TextAsync();
                continue;
            }

            await visit.Page.GotoAsync(address);
            await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            if (Showing.Contains(address))
            {
                await Expect(visit.Page.Locator("main")).ToContainTextAsync(Mark, new() { Timeout = 30_000 });
            }

            var seen = await visit.Page.EvaluateAsync<JsonElement>(Look);
            pages[address] = new Seen(seen.GetProperty("harmed").GetBoolean(), [.. seen.GetProperty("hostile").EnumerateArray().Select(text => text.GetString()!)]);
            // Sorting, filters and further pages show the same texts again.
            foreach (var link in seen.GetProperty("links").EnumerateArray().Select(link => link.GetString()!).Where(link => !link.Contains('?', StringComparison.Ordinal) || link.Contains("?tab=", StringComparison.Ordinal)))
            {
                open.Enqueue(link);
            }
        }

        return (pages, files);
    }

    // A cell may have lines of its own; JSON has everything that is unseen as an escape.
    private static bool IsHarmless(string name, string text) =>
        !text.TrimStart('\ufeff').EnumerateRunes().Any(rune => rune.Value is not ('\n' or '\r') && System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && (Path.GetExtension(name) is not (".json" or ".sarif") || JsonDocument.Parse(text) is not null)
        && (!name.EndsWith(".csv", StringComparison.Ordinal) || !System.Text.RegularExpressions.Regex.IsMatch(text, "(^|[\n,])\"?[=+@-]"));

    private sealed record Seen(bool Harmed, IReadOnlyList<string> Hostile);
}
