using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Configuration section <c>Advisories</c>.</summary>
/// <param name="Source">URL or folder that is laid out as the public OSV bucket.</param>
/// <param name="RefreshInterval">How often a feed is read again.</param>
/// <param name="RetryInterval">How soon after a failure.</param>
/// <param name="OptIn">Ecosystems that are loaded although the licence of their advisories is the user's to accept.</param>
public sealed record AdvisoryOptions(string Source, TimeSpan RefreshInterval, TimeSpan RetryInterval, IReadOnlyList<string> OptIn)
{
    private static readonly string[] WithTerms = ["Wolfi", "Chainguard"];

    public const string PublicBucket = "https://osv-vulnerabilities.storage.googleapis.com";

    public static AdvisoryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Advisories");
        var source = section["Source"] is { Length: > 0 } text ? text.Trim() : PublicBucket;
        return new AdvisoryOptions(source, section.GetValue("RefreshInterval", TimeSpan.FromDays(1)), section.GetValue("RetryInterval", TimeSpan.FromMinutes(15)),
            section.GetSection("OptIn").Get<string[]>() ?? []);
    }

    /// <summary>The source without user name, password or query, for showing.</summary>
    public string DisplaySource => DisplayText.Sanitise(Uri.TryCreate(Source, UriKind.Absolute, out var uri) && !uri.IsFile ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : Source, 500);

    /// <summary>Why an ecosystem's advisories are not loaded; null where they are.</summary>
    public string? Refusal(string ecosystem) => WithTerms.Contains(ecosystem) && !OptIn.Contains(ecosystem, StringComparer.OrdinalIgnoreCase)
        ? $"The licence of {ecosystem}'s advisories is yours to accept: add {ecosystem} to the setting Advisories:OptIn to load them." : null;
}
