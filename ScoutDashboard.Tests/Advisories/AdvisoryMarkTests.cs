namespace ScoutDashboard.Tests.Advisories;

/// <summary>Which components an import marks for matching.</summary>
public sealed class AdvisoryMarkTests
{
    private static readonly DateTime Later = new(2026, 11, 10, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task OnlyComponentsWhoseAdvisoriesChangedAreMarked()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.ImportAsync("npm");
        foreach (var (ecosystem, name) in new[] { ("npm", "a"), ("npm", "b"), ("npm", "c"), ("PyPI", "b") })
        {
            await rig.AddComponentAsync(ecosystem, name);
        }

        var again = await rig.ImportAsync("npm");
        Assert.Equal(0, again.Changed);
        Assert.Empty(await rig.TakeMarkedAsync());

        rig.Folder.Add("npm", "b", "GHSA-2", "2.0.0", modified: Later).Add("npm", "c", "GHSA-3", "1.0.0");
        await rig.ImportAsync("npm");
        Assert.Equal(["b", "c"], await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task AMavenAdvisoryMarksArtifactsThatMayBeOfItsGroup()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        foreach (var name in new[] { "org.a:core", ":core", ":org.a.core", "org.b:core", ":the-core" })
        {
            await rig.AddComponentAsync("Maven", name);
        }

        rig.Folder.Add("Maven", "org.a:core", "GHSA-1", "1.0.0");
        await rig.ImportAsync("Maven");
        Assert.Equal([":core", ":org.a.core", "org.a:core"], await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task AnAdvisoryThatMovesToAnotherPackageMarksTheOldAndTheNew()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "old", "GHSA-1", "1.0.0");
        await rig.ImportAsync("npm");
        await rig.AddComponentAsync("npm", "old");
        await rig.AddComponentAsync("npm", "new");

        rig.Folder.Add("npm", "new", "GHSA-1", "1.0.0", modified: Later);
        await rig.ImportAsync("npm");

        Assert.Equal(["new", "old"], await rig.TakeMarkedAsync());
        Assert.Equal(["npm/new"], await rig.PackagesAsync("GHSA-1"));
    }

    [Fact]
    public async Task AnAdvisoryThatNamesOnePackageMoreOrLessMarksAllOfThem()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await rig.AddComponentAsync("npm", name);
        }

        foreach (var (names, day, marked) in new[] { ("ab", 1, "ab"), ("abc", 2, "abc"), ("bc", 3, "abc"), ("bc", 4, "bc") })
        {
            var affected = names.Select(name => $$"""{"package": {"ecosystem": "npm", "name": "{{name}}"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.{{day}}"}]}]}""");
            rig.Folder.Add("npm", "GHSA-1", $$"""{"id": "GHSA-1", "modified": "2026-03-0{{day}}T00:00:00Z", "affected": [{{string.Join(", ", affected)}}]}""");
            await rig.ImportAsync("npm");

            Assert.Equal(marked, string.Concat(await rig.TakeMarkedAsync()));
            Assert.Equal(names.Select(name => $"npm/{name}"), await rig.PackagesAsync("GHSA-1"));
        }
    }

    [Fact]
    public async Task AReleaseOfADistributionMarksTheComponentsOfEachRelease()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("Debian:12", "openssl", "3.0.1");

        rig.Folder.Add("Debian:12", "openssl", "DEBIAN-CVE-2026-1", "3.0.2");
        await rig.ImportAsync("Debian");

        Assert.Equal(["openssl"], await rig.TakeMarkedAsync());
        Assert.Equal(["Debian:12/openssl"], await rig.PackagesAsync("DEBIAN-CVE-2026-1"));
    }
}
