using System.Diagnostics;
using System.Text;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>Reads databases that rpm and Berkeley DB themselves wrote, and compares with what rpm says of them.</summary>
public sealed class RpmTruthTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-rpm-");

    public void Dispose() => _folder.Delete(recursive: true);

    [FileFact("/usr/bin/rpmbuild")]
    public async Task ADatabaseThatRpmWroteHoldsWhatRpmLists()
    {
        var spec = Path.Combine(_folder.FullName, "a.spec");
        await File.WriteAllTextAsync(spec, "Name: scout-a\nEpoch: 2\nVersion: 1.5~rc1\nRelease: 3.el9\nSummary: a\nLicense: MIT\n%description\na\n"
            + "%package -n scout-sub\nSummary: sub\nVersion: 7\n%description -n scout-sub\nsub\n%package -n scout-docs\nSummary: docs\nBuildArch: noarch\n%description -n scout-docs\ndocs\n"
            + "%files\n%files -n scout-sub\n%files -n scout-docs\n");
        var top = Path.Combine(_folder.FullName, "top");
        await Tool.RunAsync("rpmbuild", ["-bb", "--define", $"_topdir {top}", spec]);
        var database = Path.Combine(_folder.FullName, "db");
        await Tool.RunAsync("rpm", ["--dbpath", database, "-i", "--justdb", "--nodeps", .. Directory.GetFiles(top, "*.rpm", SearchOption.AllDirectories)]);
        using var query = Process.Start(new ProcessStartInfo("rpm", ["--dbpath", database, "-qa", "--qf", "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n"]) { RedirectStandardOutput = true })!;
        var expected = (await query.StandardOutput.ReadToEndAsync()).Replace("(none):", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var scan = Extraction.Of("var/lib/rpm/rpmdb.sqlite", await File.ReadAllBytesAsync(Path.Combine(database, "rpmdb.sqlite")));

        Assert.Null(scan.Gaps);
        Assert.Equal(3, expected.Length);
        Assert.Equal(expected.Order(StringComparer.Ordinal), scan.Packages
            .Select(p => $"{p.Name} {p.Version} {p.Architecture} {p.SourceName ?? p.Name}-{(p.SourceVersion ?? p.Version)[2..]}.src.rpm").Order(StringComparer.Ordinal));
    }

    [FileFact("/usr/bin/db5.3_load")]
    public async Task AHashFileThatBerkeleyDbWroteHoldsEveryHeader()
    {
        var headers = Enumerable.Range(1, 400).ToDictionary(i => i, i => RpmDatabases.Header($"p{i}", "1", "1", padding: i * 37 % 9_000));
        var dump = new StringBuilder("VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END\n 00000000\n 90010000\n");
        foreach (var (key, header) in headers)
        {
            dump.Append(' ').Append(Convert.ToHexStringLower(BitConverter.GetBytes(key))).Append("\n ").Append(Convert.ToHexStringLower(header)).Append('\n');
        }

        var text = Path.Combine(_folder.FullName, "dump");
        await File.WriteAllTextAsync(text, dump.Append("DATA=END\n").ToString());
        var database = Path.Combine(_folder.FullName, "Packages");
        await Tool.RunAsync("db5.3_load", ["-f", text, database]);

        var scan = Extraction.Of("var/lib/rpm/Packages", await File.ReadAllBytesAsync(database));

        Assert.Null(scan.Gaps);
        Assert.Equal(headers.Keys.Select(i => $"p{i}").Order(StringComparer.Ordinal), scan.Packages.Select(p => p.Name).Order(StringComparer.Ordinal));
    }
}
