namespace ScoutDashboard.Images;

/// <summary>A Linux distribution as its os-release file names it (freedesktop os-release(5)); values as written, unquoted.</summary>
/// <param name="Id">ID, lower case, e.g. <c>debian</c>.</param>
/// <param name="VersionId">VERSION_ID, e.g. <c>12</c> or <c>3.20.3</c>; null where absent (Debian testing, Wolfi).</param>
/// <param name="PrettyName">PRETTY_NAME, e.g. <c>Debian GNU/Linux 12 (bookworm)</c>.</param>
/// <param name="VersionCodename">VERSION_CODENAME, e.g. <c>bookworm</c>.</param>
/// <param name="Version">VERSION, e.g. <c>24.04.1 LTS (Noble Numbat)</c>: the only place where Ubuntu says LTS.</param>
public sealed record Distribution(string Id, string? VersionId, string? PrettyName = null, string? VersionCodename = null, string? Version = null)
{
    /// <summary>What a person calls it.</summary>
    public string DisplayName => PrettyName ?? (VersionId is null ? Id : $"{Id} {VersionId}");

    /// <summary>The purl qualifier <c>distro</c>, e.g. <c>debian-12</c>.</summary>
    public string PurlDistro => VersionId is null ? Id : $"{Id}-{VersionId}";

    /// <summary>The purl namespace of its packages: the ID, but for the names that purl-spec and OSV's own purls give otherwise.</summary>
    public string PurlNamespace => Id switch
    {
        "rhel" => "redhat",
        "rocky" => "rocky-linux",
        "azurelinux" or "mariner" => "azure-linux",
        "sles" or "sled" => "suse",
        "ol" => "oracle",
        "amzn" => "amazon",
        _ when Id.StartsWith("opensuse", StringComparison.Ordinal) => "opensuse",
        _ => Id,
    };

    /// <summary>purl type of its own packages: deb, apk, rpm; null where OSV has no ecosystem of this distribution that we know.</summary>
    public string? PackageType => Id switch
    {
        "debian" or "ubuntu" => "deb",
        "alpine" or "wolfi" or "chainguard" => "apk",
        _ => Ecosystem is null ? null : "rpm",
    };

    /// <summary>The OSV ecosystem of this distribution's own packages, or null where OSV has none that we know (OSV schema, "Defined ecosystems").</summary>
    public Ecosystem? Ecosystem => Id switch
    {
        "debian" => new Ecosystem(VersionId is null ? "Debian" : $"Debian:{Part(VersionId, 1)}"),
        "ubuntu" when VersionId is not null => new Ecosystem(IsUbuntuLts ? $"Ubuntu:{VersionId}:LTS" : $"Ubuntu:{VersionId}"),
        "alpine" when VersionId is not null => new Ecosystem($"Alpine:v{Part(VersionId, 2)}"),
        "wolfi" => new Ecosystem("Wolfi"),
        "chainguard" => new Ecosystem("Chainguard"),
        "almalinux" when VersionId is not null => new Ecosystem($"AlmaLinux:{Part(VersionId, 1)}"),
        "rocky" when VersionId is not null => new Ecosystem($"Rocky Linux:{Part(VersionId, 1)}"),
        "rhel" when VersionId is not null => Images.Ecosystem.RedHatEnterpriseLinux(Part(VersionId, 1)),
        "azurelinux" or "mariner" when VersionId is not null => new Ecosystem($"Azure Linux:{Part(VersionId, 1)}"),
        "photon" when VersionId is not null => new Ecosystem($"Photon OS:{VersionId}"),
        "mageia" when VersionId is not null => new Ecosystem($"Mageia:{Part(VersionId, 1)}"),
        "opensuse-leap" when VersionId is not null => new Ecosystem($"openSUSE:Leap {VersionId}"),
        "opensuse-tumbleweed" => new Ecosystem("openSUSE:Tumbleweed"),
        "sles" when PrettyName?.StartsWith("SUSE ", StringComparison.Ordinal) == true => new Ecosystem($"SUSE:{PrettyName["SUSE ".Length..]}"),
        "sles" when VersionId is not null => new Ecosystem($"SUSE:Linux Enterprise Server {VersionId.Replace(".", " SP", StringComparison.Ordinal)}"),
        _ => null,
    };

    // Every even year's April release is an LTS; VERSION says so too, where the file has it.
    private bool IsUbuntuLts => Version?.Contains("LTS", StringComparison.Ordinal) == true
        || (VersionId is [_, var year, '.', '0', '4'] && (year - '0') % 2 == 0);

    private static string Part(string version, int count) => string.Join('.', version.Split('.').Take(count));
}
