using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class ProgramExtractorTests
{
    private static readonly IPackageExtractor Extractor = PackageExtractors.All.Single(extractor => extractor.Id == "program");

    [Theory]
    [InlineData("usr/local/bin/node", "x node.js/v20.11.1\0", "node@20.11.1")]
    [InlineData("usr/local/bin/python3.12", "\03.12\0 3.11.9 \03.12.2\0", "python@3.12.2")]
    [InlineData("usr/local/lib/libpython3.12.so.1.0", "\03.12.0a1\0\03.12.2\0", "python@3.12.2")]
    [InlineData("usr/local/bin/php", "X-Powered-By: PHP/8.2.36\0", "php@8.2.36")]
    [InlineData("usr/local/lib/libruby.so.3.3", "ruby 3.3 is\0ruby 3.3.0p0 (2023-12-25)", "ruby@3.3.0")]
    [InlineData("usr/local/bin/perl5.38.2", "\0v5.3\0need v5.11\0v5.38.2\0", "perl@5.38.2")]
    [InlineData("usr/local/bin/redis-server", "\02.6.0\0\06.0.0\0\07.2.4\0c11\0A7.2.4buildkitsandbox-1706123456000000000\0", "redis@7.2.4")]
    [InlineData("usr/bin/redis-check-rdb", "\03.2.0\0\07.0.15\0A7.0.151790282056000000000\0", "redis@7.0.15")]
    [InlineData("usr/local/bin/postgres", "before PostgreSQL 9.1.\0PostgreSQL 16.3 on x86_64", "postgresql@16.3")]
    [InlineData("usr/sbin/mysqld", "/build/mysql-8.0.36/sql/x.cc", "mysql@8.0.36")]
    [InlineData("usr/sbin/mysqld", "x\u000010.11.19-MariaDB-1", "mariadb@10.11.19")]
    [InlineData("usr/sbin/nginx", "nginx/1.22.0 nginx version: nginx/1.25.4", "nginx@1.25.4")]
    [InlineData("usr/local/apache2/bin/httpd", "Apache/2.4 Apache/2.4.58 (Unix)", "apache@2.4.58")]
    [InlineData("usr/local/sbin/haproxy", "HAProxy version 2.5. HAProxy version %s\0 version 2.9.4-4e071ad, released", "haproxy@2.9.4")]
    [InlineData("usr/lib/libcrypto.so.1.1", "OpenSSL 1.1.1w  11 Sep 2023", "openssl@1.1.1w")]
    [InlineData("bin/busybox", "BusyBox v1.36.1 (2024)", "busybox@1.36.1")]
    [InlineData("bin/bash", "@(#)Bash version 5.2.15(1) release", "bash@5.2.15")]
    [InlineData("usr/bin/curl", "curl 8.5.0 (x86_64)", "curl@8.5.0")]
    public void TheVersionIsTheOneOfTheProgram(string path, string text, string expected)
    {
        byte[] program = [0x7f, .. "ELF"u8, .. new byte[64], .. Encoding.ASCII.GetBytes(text), .. new byte[40]];
        Assert.True(Extractor.WantsHead(path, program.AsSpan(0, 64)));
        Assert.Equal(expected, Assert.Single(Extractor.Extract(path, program).Packages) is var package ? $"{package.Name}@{package.Version}" : "");
    }

    [Theory]
    [InlineData("usr/local/bin/node", "node.js/v20.x")]
    [InlineData("usr/local/bin/redis-server", "\07.2.4\0 A7.2.4-short")]
    [InlineData("usr/sbin/nginx", "nginx version: nginx/1.")]
    [InlineData("usr/local/bin/postgres", "PostgreSQL 9.1.")]
    public void WithoutACertainVersionNothingIsClaimed(string path, string text) =>
        Assert.True(Extractor.Extract(path, [0x7f, .. "ELF"u8, .. Encoding.ASCII.GetBytes(text), 0]).IsEmpty);

    [Theory]
    [InlineData("usr/bin/nodetool")]
    [InlineData("usr/bin/pythonw")]
    [InlineData("usr/bin/curlew")]
    public void AProgramOfALongerNameIsAnother(string path) => Assert.False(Extractor.WantsHead(path, [0x7f, .. "ELF"u8]));

    [FileFact("/bin/bash")]
    public void TheMachinesOwnShellTellsItsVersion() =>
        Assert.Matches(@"^\d+\.\d+\.\d+$", Assert.Single(Extractor.Extract("bin/bash", File.ReadAllBytes("/bin/bash")).Packages).Version);

    [Fact]
    public void OnlyWhatBitnamiKnowsIsMatched()
    {
        var node = ComponentIdentity.Of(new FoundPackage("generic", "node", "20.11.1", SourceName: "node"), null);
        Assert.Equal(("pkg:generic/node@20.11.1", "Bitnami", "node"), (node.Purl, node.Ecosystem, node.AdvisoryName));
        Assert.Equal("", ComponentIdentity.Of(new FoundPackage("generic", "curl", "8.5.0"), null).Ecosystem);
    }
}
