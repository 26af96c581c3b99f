using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Configuration section <c>Advisories</c>.</summary>
/// <param name="Source">URL or folder that is laid out as the public OSV bucket.</param>
/// <param name="RefreshInterval">How often a feed is read again.</param>
/// <param name="RetryInterval">How soon after a failure.</param>
public sealed record AdvisoryOptions(string Source, TimeSpan RefreshInterval, TimeSpan RetryInterval)
{
    public const string PublicBucket = "https://osv-vulnerabilities.storage.googleapis.com";

    public static AdvisoryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Advisories");
        var source = section["Source"] is { Length: > 0 } text ? text.Trim() : PublicBucket;
        return new AdvisoryOptions(source, section.GetValue("RefreshInterval", TimeSpan.FromDays(1)), section.GetValue("RetryInterval", TimeSpan.FromMinutes(15)));
    }

    /// <summary>The source without user name, password or query, for showing.</summary>
    public string DisplaySource => DisplayText.Sanitise(Uri.TryCreate(Source, UriKind.Absolute, out var uri) && !uri.IsFile ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : Source, 500);
}
