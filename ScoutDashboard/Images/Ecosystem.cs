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

    private const string UbuntuPro = $"{Ubuntu}:Pro:";
    private const string Extended = "esm";

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
    /// That of one build: Ubuntu's extended maintenance has records of its own, <c>Ubuntu:Pro:18.04:LTS</c>, and says so in the versions of its builds
    /// (<c>1.1.1-1ubuntu2.1~18.04.23+esm3</c>).
    /// </summary>
    public Ecosystem OfBuild(string version) => Base == Ubuntu && Release.Length > 0 && !IsExtended && IsOfExtendedMaintenance(version) ? new Ecosystem(UbuntuPro + Release) : this;

    /// <summary>Whether it is a release under Ubuntu's extended maintenance: what its own records say of a package goes before what those of the release say.</summary>
    public bool IsExtended => Name.StartsWith(UbuntuPro, StringComparison.Ordinal);

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
            if (IsExtended)
            {
                return [own, $"{Ubuntu}:{own[UbuntuPro.Length..]}"];
            }

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

    // "+esm1", "~esm2", "1~esm1build1"; not a name that happens to hold the letters.
    private static bool IsOfExtendedMaintenance(string version)
    {
        for (var at = version.IndexOf(Extended, StringComparison.Ordinal); at >= 0; at = version.IndexOf(Extended, at + 1, StringComparison.Ordinal))
        {
            if (at > 0 && (version[at - 1] is '+' or '~' or '.') && at + Extended.Length < version.Length && char.IsAsciiDigit(version[at + Extended.Length]))
            {
                return true;
            }
        }

        return false;
    }
}
