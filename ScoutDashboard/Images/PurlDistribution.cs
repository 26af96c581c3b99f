namespace ScoutDashboard.Images;

/// <summary>The distribution that a package URL is of: its namespace names the vendor, the qualifier <c>distro</c> the release.</summary>
public static class PurlDistribution
{
    private static readonly Dictionary<string, string> Debian = new(StringComparer.OrdinalIgnoreCase)
    {
        ["jessie"] = "8", ["stretch"] = "9", ["buster"] = "10", ["bullseye"] = "11", ["bookworm"] = "12", ["trixie"] = "13", ["forky"] = "14",
    };

    private static readonly Dictionary<string, string> Ubuntu = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trusty"] = "14.04", ["xenial"] = "16.04", ["bionic"] = "18.04", ["focal"] = "20.04", ["jammy"] = "22.04", ["noble"] = "24.04",
    };

    /// <summary>Null where it is not told, or the two parts contradict each other.</summary>
    /// <param name="vendor">The namespace.</param>
    /// <param name="distro"><c>debian-12</c>, <c>bookworm</c>, <c>3.20.3</c>, <c>opensuse-leap-15.6</c> …; null where absent.</param>
    public static Distribution? Of(string? vendor, string? distro)
    {
        var named = vendor is null ? null : IdOf(vendor.ToLowerInvariant());
        if (distro is null)
        {
            // Only who has no releases is named by the vendor alone.
            return named is "wolfi" or "chainguard" ? new Distribution(named, null) : null;
        }

        if (Debian.TryGetValue(distro, out var release) && named is null or "debian")
        {
            return release is null ? null : new Distribution("debian", release);
        }

        if (Ubuntu.TryGetValue(distro, out release) && named is null or "ubuntu")
        {
            return release is null ? null : new Distribution("ubuntu", release);
        }

        var text = distro.ToLowerInvariant();
        if (char.IsAsciiDigit(text[0]))
        {
            return named is null ? null : new Distribution(named, text);
        }

        var dash = Enumerable.Range(0, text.Length - 1).LastOrDefault(index => text[index] == '-' && char.IsAsciiDigit(text[index + 1]), -1);
        var id = IdOf(dash < 0 ? text : text[..dash]);
        var isOfVendor = named is null || id == named || (named == "opensuse" && id.StartsWith("opensuse-", StringComparison.Ordinal)) || (named == "azurelinux" && id == "mariner");
        return isOfVendor ? new Distribution(id, dash < 0 ? null : text[(dash + 1)..]) : null;
    }

    // os-release's ID for the names that purls use.
    private static string IdOf(string name) => name switch
    {
        "redhat" => "rhel",
        "rocky-linux" or "rockylinux" => "rocky",
        "azure-linux" => "azurelinux",
        "suse" => "sles",
        "oracle" => "ol",
        "amazon" => "amzn",
        "alma" => "almalinux",
        _ => name,
    };
}
