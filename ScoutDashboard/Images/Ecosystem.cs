using System.Globalization;

namespace ScoutDashboard.Images;

/// <summary>An OSV ecosystem with its release suffix, e.g. <c>Debian:12</c>, <c>Alpine:v3.20</c>, <c>npm</c> (OSV schema, affected[].package).</summary>
public readonly record struct Ecosystem(string Name)
{
    public const string Npm = "npm";
    public const string NuGet = "NuGet";
    public const string PyPI = "PyPI";
    public const string Go = "Go";
    public const string CratesIo = "crates.io";
    public const string RubyGems = "RubyGems";
    public const string Packagist = "Packagist";
    public const string Maven = "Maven";
    public const string Bitnami = "Bitnami";
    public const string Debian = "Debian";
    public const string Ubuntu = "Ubuntu";
    public const string Alpine = "Alpine";
    public const string AlmaLinux = "AlmaLinux";
    public const string RockyLinux = "Rocky Linux";
    public const string RedHat = "Red Hat";
    public const string AzureLinux = "Azure Linux";
    public const string Windows = "Windows";
    public const string PhotonOS = "Photon OS";

    private const string RedHatRelease = $"{RedHat}:enterprise_linux:";
    private const int RedHatMinors = 11;

    /// <summary>The part before the first colon: the directory of the OSV bucket.</summary>
    public string Base => Name.IndexOf(':') is var colon and >= 0 ? Name[..colon] : Name;

    /// <summary>The part after the first colon, or "".</summary>
    public string Release => Name.IndexOf(':') is var colon and >= 0 ? Name[(colon + 1)..] : "";

    /// <summary>Whether its advisories name the packages that are installed; those of other distributions name the sources that they are built from.</summary>
    public bool NamesBuiltPackages => Base is AlmaLinux or RockyLinux or PhotonOS or RedHat;

    /// <summary>
    /// That of a build of Windows with its update, <c>Windows:10.0.20348</c> of <c>10.0.20348.2527</c>: none of OSV's, but as theirs. Null for a version that is no
    /// such build, or tells no update.
    /// </summary>
    public static Ecosystem? OfWindows(string version) => version.Split('.') is ["10", "0", { Length: 5 } build, { Length: > 0 and <= 9 } update] && build.All(char.IsAsciiDigit) && update.All(char.IsAsciiDigit)
        ? new Ecosystem($"{Windows}:10.0.{build}") : null;

    /// <summary>Whether it has modules: sets of packages of which several streams are supported side by side.</summary>
    public bool HasModules => Base is AlmaLinux or RockyLinux or RedHat;

    /// <summary>
    /// The names under which records speak of its packages, its own first. Red Hat's speak of repositories by their CPE, of which an image tells nothing certain:
    /// those that every installation has stand for a release. Extended support (<c>rhel_eus:9.2</c>) and layered products have versions of their own and are not
    /// among them.
    /// </summary>
    public IReadOnlyList<string> RecordNames
    {
        get
        {
            var own = Name;
            if (!own.StartsWith(RedHatRelease, StringComparison.Ordinal) || !int.TryParse(own.AsSpan(RedHatRelease.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var major))
            {
                return [own];
            }

            return major switch
            {
                < 8 => [own, $"{own}::server"],
                < 10 => [own, $"{own}::baseos", $"{own}::appstream", $"{own}::crb"],
                // From 10 on the CPE names the minor release instead.
                _ => [own, .. Enumerable.Range(0, RedHatMinors).Select(minor => $"{own}.{minor}")],
            };
        }
    }

    /// <summary>Red Hat Enterprise Linux of one major release.</summary>
    public static Ecosystem RedHatEnterpriseLinux(string major) => new(RedHatRelease + major);

    public override string ToString() => Name;
}
