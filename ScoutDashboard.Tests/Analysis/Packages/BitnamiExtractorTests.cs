using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class BitnamiExtractorTests
{
    private const string Path = "opt/bitnami/postgresql/.spdx-postgresql.spdx";

    [Fact]
    public void OnlyBitnamisOwnPurlsCount()
    {
        var scan = Extraction.Of(Path, """
            {"spdxVersion":"SPDX-2.3","packages":[
              {"name":"postgresql","licenseDeclared":"PostgreSQL","externalRefs":[{"referenceType":"cpe23Type","referenceLocator":"cpe:2.3:*:postgresql"},
                {"referenceType":"purl","referenceLocator":"pkg:bitnami/postgresql@16.3.0-5?arch=amd64&distro=debian-12"}]},
              {"name":"libssl","externalRefs":[{"referenceLocator":"pkg:deb/debian/libssl3@3.0"}]},{"name":"geos"}]}
            """);
        var package = Assert.Single(scan.Packages);
        Assert.Equal(("bitnami", "postgresql", "16.3.0-5", "PostgreSQL"), (package.Type, package.Name, package.Version, package.License));
        Assert.Null(scan.Gaps);
    }

    [Fact]
    public void AdvisoriesAreAskedWithTheRevisionToo()
    {
        var identity = ComponentIdentity.Of(new FoundPackage("bitnami", "postgresql", "16.3.0-5"), null);
        Assert.Equal(("16.3.0-5", "Bitnami", "pkg:bitnami/postgresql@16.3.0-5"), (identity.AdvisoryVersion, identity.Ecosystem, identity.Purl));
    }

    [Theory]
    [InlineData("opt/bitnami/.spdx-redis.spdx", true)]
    [InlineData("opt/bitnami/redis/.spdx-redis.spdx", true)]
    [InlineData("opt/bitnami/redis/redis.spdx", false)]
    [InlineData("srv/.spdx-redis.spdx", false)]
    public void OnlyBitnamisFolderCounts(string path, bool isWanted) => Assert.Equal(isWanted, Extraction.Wanting(path) is not null);

    [Fact]
    public void AnotherDocumentIsMalformed() => Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, """{"bomFormat":"CycloneDX"}"""));
}
