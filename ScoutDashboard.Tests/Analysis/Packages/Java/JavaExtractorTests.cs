using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages.Java;

public sealed class JavaExtractorTests
{
    [Theory]
    [InlineData("app/lib/spring.jar")]
    [InlineData("app/APP.WAR")]
    [InlineData("opt/jenkins/git.hpi")]
    [InlineData("opt/liferay/x.lpkg")]
    public void ArchivesAreTakenByTheirNames(string path) => Assert.Equal("java", Extraction.Wanting(path)?.Id);

    [Theory]
    [InlineData("app/jar")]
    [InlineData("app/.jar")]
    [InlineData("app/a.jar.txt")]
    public void OtherNamesAreNot(string path) => Assert.Null(Extraction.Wanting(path));

    [Fact]
    public void AFatJarTellsItsLibrariesWithTheirPlaces()
    {
        var jar = Jar.Stored(
            ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nStart-Class: com.acme.App\n"u8.ToArray()),
            ("BOOT-INF/lib/spring-core-5.3.1.jar", Jar.Of(("org/springframework/core/A.class", "x"))),
            ("BOOT-INF/lib/log4j-core-2.14.1.jar", Jar.Library("org.apache.logging.log4j", "log4j-core", "2.14.1")),
            ("BOOT-INF/lib/inner.war", Jar.Of(("WEB-INF/lib/b-1.jar", Jar.Library("org.b", "b", "1")))));

        var scan = Extraction.Of("app/app.jar", jar);

        Assert.Null(scan.Gaps);
        Assert.Equal(
            ["spring-core@5.3.1 app/app.jar!/BOOT-INF/lib/spring-core-5.3.1.jar", "org.apache.logging.log4j:log4j-core@2.14.1 app/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar",
                "org.b:b@1 app/app.jar!/BOOT-INF/lib/inner.war!/WEB-INF/lib/b-1.jar"],
            scan.Packages.Select(package => $"{package.Name}@{package.Version} {package.Path}"));
    }

    [Fact]
    public void AShadedJarThatLacksItsOwnPomIsNamedByItsFile()
    {
        (string, string)[] shaded =
        [
            Jar.Pom("org.apache.httpcomponents", "httpclient", "4.5.14"), Jar.Pom("org.apache.httpcomponents", "httpcore", "4.4.16"), Jar.Pom("commons-codec", "commons-codec", "1.16.0"),
            Jar.Pom("org.apache.maven.wagon", "wagon-http-shared", "3.5.3"), Jar.Pom("org.slf4j", "jcl-over-slf4j", "1.7.36"), ("a/B.class", "x"),
        ];
        Assert.Equal(
            ["commons-codec:commons-codec@1.16.0", "org.apache.httpcomponents:httpclient@4.5.14", "org.apache.httpcomponents:httpcore@4.4.16",
                "org.apache.maven.wagon:wagon-http-shared@3.5.3", "org.slf4j:jcl-over-slf4j@1.7.36", "wagon-http-shaded@3.5.3"],
            Names("lib/wagon-http-shaded-3.5.3.jar", Jar.Of(shaded)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("wagon-http-shared@3.5.3", Names("lib/wagon-http-shared-3.5.3.jar", Jar.Of(shaded)));
    }

    [Theory]
    [InlineData("app.jar", "org.acme:service@2.0")] // renamed by whoever built the image
    [InlineData("service.jar", "org.acme:service@2.0")]
    [InlineData("service-2.0-linux-x86_64.jar", "org.acme:service@2.0")]
    [InlineData("org.acme.service-2.0.jar", "org.acme:service@2.0")] // Quarkus
    [InlineData("other-1.5.jar", "org.acme:service@2.0,other@1.5")]
    public void TheOnlyPomOfAJarIsItsOwnUnlessTheFileSaysOtherwise(string file, string expected) =>
        Assert.Equal(expected.Split(','), Names($"opt/{file}", Jar.Library("org.acme", "service", "2.0")));

    [Theory]
    [InlineData("guava-31.1-jre", "guava@31.1-jre")]
    [InlineData("log4j-1.2-api-2.17.1", "log4j-1.2-api@2.17.1")]
    [InlineData("akka-actor_2.13-2.6.20", "akka-actor_2.13@2.6.20")]
    [InlineData("bcprov-jdk18on-171", "bcprov-jdk18on@171")]
    [InlineData("commons-lang3-3.12.0-beta-2.1", "commons-lang3@3.12.0-beta-2.1")]
    [InlineData("netty-4.1.100.Final", "netty@4.1.100.Final")]
    [InlineData("atmosphere-1.0-20230101.123456-1", "atmosphere@1.0-20230101.123456-1")]
    public void FileNamesTellArtifactAndVersion(string stem, string expected) => Assert.Equal([expected], Names($"lib/{stem}.jar", Jar.Of(("a/B.class", "x"))));

    [Theory]
    [InlineData("jsp-2.1-6.1.14.jar", "Implementation-Version: 6.1.14", "jsp-2.1@6.1.14")]
    [InlineData("epoll-4.1.9-linux-x86_64.jar", "Implementation-Version: 4.1.9", "epoll@4.1.9")]
    [InlineData("log4j.jar", "Implementation-Version: 1.2.17", "log4j@1.2.17")]
    [InlineData("guice-servlet.jar", "bundle-version: 4.2.3", "guice-servlet@4.2.3")]
    [InlineData("a.jar", "Implementation-Version: ${version}", "")]
    public void TheManifestTellsTheVersionWhereTheNameDoesNot(string file, string header, string expected) =>
        Assert.Equal(expected, string.Join(',', Names($"lib/{file}", Jar.Of(Jar.Manifest(header), ("a/B.class", "x")))));

    [Fact]
    public void ContinuedManifestLinesAreJoinedAndOtherSectionsAreOtherThings() => Assert.Equal(["long@1.2.3-very-long"], Names("lib/long.jar", Jar.Of(
        ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nImplementation-Ver\r\n sion: 1.2.3-ve\r\n ry-long\r\n\r\nName: a/\r\nPlugin-Version: 9\r\n"), ("a/B.class", "x"))));

    [Fact]
    public void SymbolicNamesAndVendorIdsAreNoGroups() => Assert.Equal(["commons-io@2.11.0"], Names("lib/commons-io-2.11.0.jar", Jar.Of(
        Jar.Manifest("Bundle-SymbolicName: org.apache.commons.commons-io;singleton:=true", "Implementation-Vendor-Id: org.apache"), ("a/B.class", "x"))));

    [Theory]
    [InlineData("org/springframework/core/A.class org/springframework/util/B.class META-INF/versions/9/x/C.class", "org.springframework")]
    [InlineData("BOOT-INF/classes/com/acme/app/A.class org/springframework/boot/loader/B.class BOOT-INF/classes/com/acme/app/web/C.class", "com.acme.app")]
    [InlineData("org/a/A.class com/b/B.class", "org.acme.bundle")] // no majority: the manifest's word
    [InlineData("A.class", "org.acme.bundle")]
    public void MostClassesHintAtTheGroupThatNothingTells(string classes, string hint) => Assert.Equal(hint, Assert.Single(Extraction.Of("lib/x-1.jar", Jar.Of(
        [Jar.Manifest("Bundle-SymbolicName: org.acme.bundle;singleton:=true"), .. classes.Split(' ').Select(name => (name, "x"))])).Packages).GroupHint);

    [Fact]
    public void AJenkinsPluginTellsItself() => Assert.Equal(["org.jenkins-ci.plugins:git@4.11.3"], Names("plugins/renamed-1.hpi", Jar.Of(
        Jar.Manifest("Short-Name: git", "Plugin-Version: 4.11.3", "Group-Id: org.jenkins-ci.plugins"), ("a/B.class", "x"))));

    [Fact]
    public void PropertiesAreReadAsJavaReadsThem() => Assert.Equal(["org.acme:a-b@1.0"], Names("lib/x.jar", Jar.Of(
        ("META-INF/maven/g/a/pom.properties", "! note = no\n  groupId = org\\\n   .acme\r\nartifactId\\u003a:x\rartifactId\ta\\u002db\nversion : 1\\.0\n# version=2"), ("a/B.class", "x"))));

    [Theory]
    [InlineData("<groupId>org.a</groupId><artifactId>x</artifactId><version>1</version>", "org.a:x@1")]
    [InlineData("<parent><groupId>org.p</groupId><artifactId>p</artifactId><version>7</version></parent><artifactId>x</artifactId>", "org.p:x@7")]
    [InlineData("<parent><groupId>org.p</groupId><version>7</version></parent><groupId>${project.parent.groupId}</groupId><artifactId>x</artifactId><version>${project.version}</version>", "org.p:x@7")]
    [InlineData("<dependencies><dependency><groupId>no</groupId><version>9</version></dependency></dependencies><groupId>org.a</groupId><artifactId>x</artifactId><version>1</version>", "org.a:x@1")]
    public void APomStandsInForItsProperties(string project, string expected) =>
        Assert.Equal([expected], Names("lib/x.jar", Jar.Of(("META-INF/maven/g/x/pom.xml", $"<?xml version=\"1.0\"?><project xmlns=\"http://maven.apache.org/POM/4.0.0\">{project}</project>"))));

    [Theory]
    [InlineData("<project><groupId>org.a</groupId><artifactId>x</artifactId><version>${revision}</version></project>")]
    [InlineData("<project><artifactId>x</artifactId>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-7\"?><project/>")]
    [InlineData("<!DOCTYPE project [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><project><groupId>&e;</groupId><artifactId>x</artifactId><version>1</version></project>")]
    public void APomThatDoesNotTellIsAGap(string pom)
    {
        var scan = Extraction.Of("lib/x.jar", Jar.Of(("META-INF/maven/g/x/pom.xml", pom)));
        Assert.Empty(scan.Packages);
        Assert.NotEmpty(scan.Gaps!);
    }

    [Fact]
    public void WhatHoldsNoClassesAndTellsNothingHoldsNothing()
    {
        Assert.True(Extraction.Of("lib/res.jar", Jar.Of(("a.txt", "x"))).IsEmpty);
        Assert.True(Extraction.Of("lib/a-1-sources.jar", Jar.Of(("a/B.java", "x"))).IsEmpty);
        Assert.True(Extraction.Of("lib/a.jar", Array.Empty<byte>()).IsEmpty);
        Assert.True(Extraction.Of("music/song.kar", "MThd").IsEmpty);
        Assert.True(Extraction.Of("lib/agent-1.jar", Jar.Of(Jar.Manifest("Weave-Classes: a"), ("a/B.class", "x"))).IsEmpty);
    }

    [Fact]
    public void ClassesThatNothingNamesAreAGap()
    {
        var gap = Assert.Single(Extraction.Of("app/app.jar", Jar.Of(("lib/util.jar", Jar.Of(("a/B.class", "x"))), ("a/B.class", "x"u8.ToArray()))).Gaps!);
        Assert.Equal((ScanGapKind.Unsupported, "app/app.jar"), (gap.Kind, gap.Path));
        Assert.Contains("util.jar", gap.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AnArchiveWithinThatIsNoneIsAGapAndTheRestGoesOn()
    {
        var scan = Extraction.Of("app/app.war", Jar.Of(("WEB-INF/lib/bad\n-1.jar", "no zip"u8.ToArray()), ("WEB-INF/lib/b-1.jar", Jar.Library("org.b", "b", "1"))));
        Assert.Equal("org.b:b", Assert.Single(scan.Packages).Name);
        var gap = Assert.Single(scan.Gaps!);
        Assert.Equal((ScanGapKind.Malformed, @"app/app.war!/WEB-INF/lib/bad\u000a-1.jar"), (gap.Kind, gap.Path));
    }

    [Fact]
    public void ArchivesInArchivesEndAtADepth()
    {
        var jar = Jar.Library("org.deep", "deep", "1");
        for (var depth = 0; depth < 9; depth++)
        {
            jar = Jar.Of(("a.jar", jar));
        }

        var scan = Extraction.Of("app/a.jar", jar);
        Assert.Empty(scan.Packages);
        Assert.Equal(ScanGapKind.Limit, Assert.Single(scan.Gaps!).Kind);
    }

    [Fact]
    public async Task ALayersArchivesBecomeComponentsAtTheirPlacesAndABrokenOneIsAGap()
    {
        var blob = new LayerTar().File("app/app.war", Jar.Stored(("WEB-INF/lib/b-1.jar", Jar.Library("org.b", "b", "1")))).File("app/broken.jar", "PK").ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        var merged = LayerMerge.Merge([scan], new AnalysisLimits());
        var inventory = Inventory.Of(merged, new AnalysisLimits());
        Assert.Equal([new InventoryEntry("pkg:maven/org.b/b@1", "app/app.war!/WEB-INF/lib/b-1.jar")], Assert.Single(inventory.Sets).Components);
        Assert.Equal([(ScanGapKind.Malformed, "app/broken.jar")], merged.Gaps.Select(gap => (gap.Kind, gap.Path)));
        Assert.Empty(inventory.Gaps);
    }

    [FileFact("/usr/share/java")]
    public void EveryJarOfTheMachineCanBeRead()
    {
        var files = Directory.GetFiles("/usr/share/java", "*.jar");
        var scans = Array.ConvertAll(files, file => Extraction.Of(file[1..], File.ReadAllBytes(file)));
        Assert.DoesNotContain(scans.SelectMany(scan => scan.Gaps ?? []), gap => gap.Kind != ScanGapKind.Unsupported);
        Assert.True(scans.Sum(scan => scan.Packages.Count) >= files.Length / 2, $"{files.Length} jars hold too few packages.");
    }

    private static IEnumerable<string> Names(string path, byte[] jar) => Extraction.Of(path, jar).Packages.Select(package => $"{package.Name}@{package.Version}");
}
