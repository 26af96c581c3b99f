using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Which distribution a root file system is, by the files of before os-release(5): <c>system-release-cpe</c>, <c>redhat-release</c> and its likes,
/// <c>alpine-release</c>, <c>lsb-release</c>, <c>debian_version</c>. What can't be read says nothing.
/// </summary>
internal sealed class ReleaseFileExtractor(FormatLimits limits) : IPackageExtractor
{
    // The begin of a release file's text, and the vendor of a CPE, to os-release's ID.
    private static readonly (string Text, string Vendor, string Id)[] Names =
    [
        ("Red Hat Enterprise Linux", "redhat", "rhel"), ("CentOS", "centos", "centos"), ("AlmaLinux", "almalinux", "almalinux"), ("Rocky Linux", "rocky", "rocky"), ("Fedora", "fedoraproject", "fedora"),
        ("Oracle Linux", "oracle", "ol"), ("Amazon Linux", "amazon", "amzn"), ("CBL-Mariner", "microsoft", "mariner"), ("VMware Photon", "vmware", "photon"),
    ];

    public string Id => "release-file";
    public int Version => 1;
    public int MaxFileSize => limits.ReleaseFileBytes;

    // /etc/redhat-release is a link to the distribution's own file, in /etc or /usr/lib.
    public IReadOnlyList<string> Endings { get; } = ["/debian_version", "/system-release-cpe", "-release"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return (PathSuffix.Is(folder, "etc") || PathSuffix.Is(folder, "usr/lib"))
            && (name is "debian_version" or "system-release-cpe" || (name.EndsWith("-release", StringComparison.Ordinal) && name is not "os-release"));
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        _ = PathSuffix.Folder(path, out var name);
        var text = Encoding.UTF8.GetString(content).Trim();
        var distribution = name switch
        {
            "alpine-release" => IsVersion(text) ? new Distribution("alpine", text) : null,
            "debian_version" => Debian(text),
            "lsb-release" => Lsb(text),
            "system-release-cpe" => Cpe(text),
            _ => Release(text),
        };
        return distribution is null ? FileScan.Empty : new FileScan([], distribution);
    }

    // "12.5", or "trixie/sid" before there is a release.
    private static Distribution? Debian(string text) =>
        IsVersion(text) ? new Distribution("debian", text) : text.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? new Distribution("debian", null, VersionCodename: text[..slash]) : null;

    private static Distribution? Lsb(string text)
    {
        var values = text.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0].Trim()).ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim().Trim('"'), StringComparer.Ordinal);
        return values.GetValueOrDefault("DISTRIB_ID") is { Length: > 0 } id && values.GetValueOrDefault("DISTRIB_RELEASE") is { } version && IsVersion(version)
            ? new Distribution(id.ToLowerInvariant(), version, values.GetValueOrDefault("DISTRIB_DESCRIPTION"), values.GetValueOrDefault("DISTRIB_CODENAME"), values.GetValueOrDefault("DISTRIB_DESCRIPTION")) : null;
    }

    // "cpe:/o:centos:linux:6:GA", "cpe:2.3:o:amazon:amazon_linux:2023"
    private static Distribution? Cpe(string text)
    {
        var parts = text.Split('\n')[0].Split(':');
        var at = Array.FindIndex(parts, part => part is "o" or "/o");
        var id = at > 0 && parts.Length > at + 3 ? Names.FirstOrDefault(name => name.Vendor == parts[at + 1]).Id : null;
        return id is not null && IsVersion(parts[at + 3]) ? new Distribution(id, parts[at + 3]) : null;
    }

    // "CentOS Linux release 7.9.2009 (Core)"
    private static Distribution? Release(string text)
    {
        const string release = " release ";
        text = text.Split('\n')[0].Trim();
        var id = Names.FirstOrDefault(name => text.StartsWith(name.Text, StringComparison.Ordinal)).Id;
        var at = text.IndexOf(release, StringComparison.Ordinal);
        var version = at > 0 ? text[(at + release.Length)..].Split(' ')[0] : "";
        return id is not null && IsVersion(version) ? new Distribution(id, version, text) : null;
    }

    private static bool IsVersion(string text) => text.Length is > 0 and < 32 && char.IsAsciiDigit(text[0]) && text.All(character => char.IsAsciiDigit(character) || character == '.');
}
