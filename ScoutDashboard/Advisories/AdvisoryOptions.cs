using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Advisories;

/// <summary>Configuration section <c>Advisories</c>.</summary>
/// <param name="Source">URL or folder that is laid out as the public OSV bucket; a folder or a mirror holds the files of all other feeds, too.</param>
/// <param name="RefreshInterval">How often a feed is read again.</param>
/// <param name="RetryInterval">How soon after a failure.</param>
/// <param name="OptIn">Ecosystems that are loaded although the licence of their advisories is the user's to accept.</param>
public sealed record AdvisoryOptions(string Source, TimeSpan RefreshInterval, TimeSpan RetryInterval, IReadOnlyList<string> OptIn)
{
    public const string PublicBucket = "https://osv-vulnerabilities.storage.googleapis.com";

    /// <summary>The keys of the feeds whose address can be told.</summary>
    public static string[] AddressNames => ["KEV", "EPSS", "DOTNET", "AZURELINUX", "MSRC"];

    /// <summary>Web addresses of feeds outside the OSV bucket, by key, where they are not the usual ones.</summary>
    public IReadOnlyDictionary<string, Uri> Addresses { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Further hosts, with port where it is not 80, that may be read over plain http.</summary>
    public IReadOnlyList<string> PlainHosts { get; init; } = [];

    /// <summary>How often an archive is read whole, which tells what is gone, though the list of changes would do.</summary>
    public TimeSpan FullInterval { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Longest silence of a server.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time for one file.</summary>
    public TimeSpan DownloadLimit { get; init; } = TimeSpan.FromHours(2);

    public static AdvisoryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Advisories");
        var source = section["Source"] is { Length: > 0 } text ? text.Trim() : PublicBucket;
        return new AdvisoryOptions(source, section.GetValue("RefreshInterval", TimeSpan.FromDays(1)), section.GetValue("RetryInterval", TimeSpan.FromMinutes(15)),
            ListOf(section.GetSection("OptIn")))
        {
            Addresses = section.GetSection("Addresses").GetChildren().Where(child => Uri.TryCreate(child.Value, UriKind.Absolute, out _))
                .ToDictionary(child => child.Key, child => new Uri(child.Value!), StringComparer.OrdinalIgnoreCase),
            PlainHosts = ListOf(section.GetSection("PlainHosts")),
            FullInterval = section.GetValue("FullInterval", TimeSpan.FromDays(7)),
            IdleLimit = section.GetValue("IdleLimit", TimeSpan.FromMinutes(1)),
            DownloadLimit = section.GetValue("DownloadLimit", TimeSpan.FromHours(2)),
        };
    }

    private static string[] ListOf(IConfigurationSection section) => ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value));

    /// <summary>The source where it is in the web, else null.</summary>
    public Uri? Address => Uri.TryCreate(Source, UriKind.Absolute, out var uri) && !uri.IsFile ? uri : null;

    /// <summary>Whether the source is in the web, but not the public bucket.</summary>
    public bool IsMirror => Address is { } address && !string.Equals(address.Host, new Uri(PublicBucket).Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The source where it is a folder, else null.</summary>
    public string? Folder => Address is not null ? null : Uri.TryCreate(Source, UriKind.Absolute, out var uri) ? uri.LocalPath : Source;

    /// <summary>The source without user name, password or query, for showing.</summary>
    public string DisplaySource => DisplayText.Sanitise(Address?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? Source, 500);

    /// <summary>What feeds may be connected by.</summary>
    public OutboundRule Outbound => new(IsNamed, "If it is yours, list its network in Outbound:AllowedNetworks, and for plain http the host in Advisories:PlainHosts.");

    /// <summary>Whether an address may be read: https, or plain http from a host that the configuration names.</summary>
    public bool MayRead(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsNamed(address));

    // Not the public bucket that stands for the source where none is named: nobody told that it may be on this machine.
    private bool IsNamed(Uri address) => (address.Scheme == Uri.UriSchemeHttp && PlainHosts.Contains(address.Authority, StringComparer.OrdinalIgnoreCase))
        || Addresses.Values.Concat(IsMirror ? [Address!] : []).Any(named => named.Scheme == address.Scheme && named.Authority.Equals(address.Authority, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a feed may be loaded whose licence is the user's to accept.</summary>
    public bool Accepts(string feedKey) => OptIn.Contains(feedKey, StringComparer.OrdinalIgnoreCase);
}
