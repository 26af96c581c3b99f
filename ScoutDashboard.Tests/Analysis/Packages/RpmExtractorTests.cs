using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Analysis.Packages.RpmDatabases;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class RpmExtractorTests
{
    private const string SqlitePath = "var/lib/rpm/rpmdb.sqlite";
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "rpm");

    private static readonly byte[][] Headers =
    [
        Header("glibc-common", "2.34", "60.el9", source: "glibc-2.34-60.el9.src.rpm"),
        Header("openssl-libs", "3.0.7", "24.el9", 1, source: "openssl-3.0.7-24.el9.src.rpm", padding: 5_000),
        Header("gpg-pubkey", "fd431d51", "4ae0493b", architecture: null),
        Header("shadow-utils", "4.9", "6.el9", 2, padding: 300_000),
        Header("built-here", "1", "1", architecture: "(none)", source: "(none)"),
    ];

    private static readonly string[] Expected =
    [
        "glibc-common 2.34-60.el9 x86_64 glibc ", "openssl-libs 1:3.0.7-24.el9 x86_64 openssl ", "shadow-utils 2:4.9-6.el9 x86_64  ", "built-here 1-1   ",
    ];

    public static TheoryData<string> Forms => ["sqlite-512", "sqlite-4096", "sqlite-65536", "ndb", "bdb-little", "bdb-big"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void EachFormGivesTheSamePackages(string form)
    {
        var scan = Extractor.Extract(SqlitePath, Database(form));
        Assert.Null(scan.Gaps);
        Assert.Equal(Expected, scan.Packages.Select(Text));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ADatabaseCutAnywhereIsMalformedOrWhole(string form)
    {
        var whole = Database(form);
        for (var cut = 1; cut < whole.Length; cut += cut < 8192 ? 13 : 509)
        {
            var scan = Try(whole.AsSpan(0, cut));
            Assert.True(scan is null || scan.Packages.Count == Expected.Length, $"{form} cut at {cut} gave {scan?.Packages.Count}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void DamageEndsInAResultOrADeclaredException(string form)
    {
        var random = new Random(20261124);
        var golden = form.StartsWith("sqlite", StringComparison.Ordinal) ? Sqlite(512, false, Headers[..3]).File : Database(form);
        for (var round = 0; round < 3_000; round++)
        {
            byte[] damaged = [.. golden];
            for (var flips = random.Next(1, 8); flips > 0; flips--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 600 : damaged.Length)] = (byte)random.Next(256);
            }

            _ = Try(damaged);
        }
    }

    [Fact]
    public void ManyPackagesOfADeepTreeAreAllRead()
    {
        var headers = Enumerable.Range(0, 3_000).Select(i => Header($"p{i}", "1", "1", padding: i % 7 * 40)).ToArray();
        var names = Extractor.Extract(SqlitePath, Sqlite(512, false, headers).File).Packages.Select(p => p.Name);
        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => $"p{i}"), names);
    }

    [Fact]
    public void WhatIsOnlyInTheLogIsReadWithIt()
    {
        var (file, log) = Sqlite(4096, true, Headers);
        Assert.Throws<InvalidDataException>(() => Extractor.Extract(SqlitePath, file));
        Assert.Equal(Expected, Extractor.Extract(SqlitePath, file, log).Packages.Select(Text));
    }

    [Fact]
    public void ALogCountsUpToItsLastWholeCommit()
    {
        var (file, log) = Sqlite(4096, true, [.. Headers[..2], .. Enumerable.Range(0, 20).Select(i => Header($"p{i}", "1", "1"))]);
        var counts = new SortedSet<int>();
        for (var cut = 0; cut < log.Length; cut += 1031)
        {
            try
            {
                counts.Add(Extractor.Extract(SqlitePath, file, log.AsSpan(0, cut)).Packages.Count);
            }
            catch (InvalidDataException)
            {
                // Before the table was made.
            }
        }

        Assert.Equal(22, Extractor.Extract(SqlitePath, file, log).Packages.Count);
        Assert.True(counts.Count > 10);
        log[^5] ^= 1;
        Assert.Equal(21, Extractor.Extract(SqlitePath, file, log).Packages.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InALayerTheLogIsLaidOverItsDatabaseInWhateverOrderTheyCome(bool logFirst)
    {
        var (file, log) = Sqlite(4096, true, Headers);
        var tar = logFirst ? new LayerTar().File($"{SqlitePath}-wal", log).File(SqlitePath, file) : new LayerTar().File(SqlitePath, file).File($"{SqlitePath}-wal", log);
        var merged = await MergeAsync(tar);
        Assert.Empty(merged.Gaps);
        Assert.Equal(4, merged.Files.Sum(found => found.Packages.Count));
    }

    [Fact]
    public async Task ALogWithoutItsDatabaseIsAGapAndAnEmptyOneIsNot()
    {
        var (file, log) = Sqlite(4096, true, Headers);
        var gap = Assert.Single((await MergeAsync(new LayerTar().File($"{SqlitePath}-wal", log))).Gaps);
        Assert.Equal((ScanGapKind.Unsupported, $"{SqlitePath}-wal"), (gap.Kind, gap.Path));
        Assert.Empty((await MergeAsync(new LayerTar().File(SqlitePath, Database("sqlite-4096")).File($"{SqlitePath}-wal", []))).Gaps);
        Assert.Equal(ScanGapKind.Malformed, Assert.Single((await MergeAsync(new LayerTar().File(SqlitePath, file))).Gaps).Kind);
    }

    [Theory]
    [InlineData("var/lib/rpm/Packages", true)]
    [InlineData("usr/lib/sysimage/rpm/Packages.db", true)]
    [InlineData("opt/root/usr/share/rpm/rpmdb.sqlite", true)]
    [InlineData("var/lib/rpm/Name", false)]
    [InlineData("srv/rpm/rpmdb.sqlite", false)]
    [InlineData("home/Packages", false)]
    public void DatabasesLieInTheirFolders(string path, bool isWanted) => Assert.Equal(isWanted, Extractor.Wants(path));

    [Fact]
    public void AHeaderWithoutAVersionIsCountedAsUnreadable()
    {
        var scan = Extractor.Extract(SqlitePath, Ndb(Headers[0], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 6, 0, 0, 0, 9, 0, 0, 0, 1]));
        Assert.Single(scan.Packages);
        Assert.Contains("1 entries", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TheManifestOfADistrolessImageIsRead()
    {
        const string path = "var/lib/rpmmanifest/container-manifest-2";
        var scan = Extraction.Of(path, "glibc\t2.38-8.azl3\t1728000000\t1727000000\tMicrosoft Corporation\t(none)\t11006154\tx86_64\t0\tglibc-2.38-8.azl3.src.rpm\n"
            + "openssl-libs\t3.3.0-2.azl3\t1\t1\tMicrosoft Corporation\t1\t2\tx86_64\t1\topenssl-3.3.0-2.azl3.src.rpm\nbroken\t1\n");
        Assert.Equal(["glibc 2.38-8.azl3 x86_64  ", "openssl-libs 1:3.3.0-2.azl3 x86_64 openssl "], scan.Packages.Select(Text));
        Assert.Contains("1 entries", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("almalinux", "9.4", "AlmaLinux:9", "openssl-libs", "pkg:rpm/almalinux/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=almalinux-9.4&epoch=1&upstream=openssl")]
    [InlineData("rocky", "9.3", "Rocky Linux:9", "openssl-libs", "pkg:rpm/rocky-linux/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rocky-9.3&epoch=1&upstream=openssl")]
    [InlineData("azurelinux", "3.0", "Azure Linux:3", "openssl", "pkg:rpm/azure-linux/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=azurelinux-3.0&epoch=1&upstream=openssl")]
    [InlineData("rhel", "9.4", "Red Hat:enterprise_linux:9", "openssl-libs", "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rhel-9.4&epoch=1&upstream=openssl")]
    [InlineData("debian", "12", "", "openssl", "pkg:rpm/debian/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=debian-12&epoch=1&upstream=openssl")]
    public void AdvisoriesOfEachDistributionNameItsPackagesTheirWay(string id, string version, string ecosystem, string advisoryName, string purl)
    {
        var package = Extractor.Extract(SqlitePath, Ndb(Headers)).Packages.Single(p => p.Name == "openssl-libs");
        var identity = ComponentIdentity.Of(package, new Distribution(id, version));
        Assert.Equal((ecosystem, advisoryName, purl, "1:3.0.7-24.el9"), (identity.Ecosystem, identity.AdvisoryName, identity.Purl, identity.AdvisoryVersion));
    }

    private static byte[] Database(string form) => form switch
    {
        "ndb" => Ndb(Headers),
        "bdb-little" => Bdb(false, Headers),
        "bdb-big" => Bdb(true, Headers),
        _ => Sqlite(int.Parse(form["sqlite-".Length..], System.Globalization.CultureInfo.InvariantCulture), false, Headers).File,
    };

    private static FileScan? Try(ReadOnlySpan<byte> content)
    {
        try
        {
            return Extractor.Extract(SqlitePath, content);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<MergedInventory> MergeAsync(LayerTar tar)
    {
        var blob = tar.ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        return LayerMerge.Merge([scan], new AnalysisLimits());
    }

    private static string Text(FoundPackage package) => $"{package.Name} {package.Version} {package.Architecture} {package.SourceName} {package.SourceVersion}";
}
