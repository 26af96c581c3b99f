using System.Diagnostics.CodeAnalysis;

namespace ScoutDashboard.Images;

/// <summary>A registry's login server: an Azure one, or another that the administrator allowed.</summary>
public sealed record RegistryHostname
{
    private RegistryHostname(string value, bool plainHttp, AzureCloud? cloud)
    {
        Value = value;
        PlainHttp = plainHttp;
        Cloud = cloud;
    }

    /// <summary>Host and, where it is not the default, port; lower case, e.g. <c>myreg.azurecr.io</c> or <c>localhost:5000</c>.</summary>
    public string Value { get; }

    /// <summary>Whether the administrator allowed this host over plain http.</summary>
    public bool PlainHttp { get; }

    /// <summary>The Azure cloud, or null for a registry that is not Azure's.</summary>
    public AzureCloud? Cloud { get; }

    [MemberNotNullWhen(true, nameof(Cloud))]
    public bool IsAzure => Cloud is not null;

    /// <summary>The registry's resource name in Azure: the first label up to the first '-' (domain name label hash). For others the host.</summary>
    public string RegistryName => IsAzure ? Value.Split('.', '-')[0] : Value;

    /// <summary>The base address of the registry's API.</summary>
    public Uri BaseAddress => new($"{(PlainHttp ? "http" : "https")}://{Value}/");

    /// <summary>Reads what a person typed: scheme, path, case and surrounding space are forgiven; only Azure's names and allowed hosts pass.</summary>
    /// <param name="text">The text as typed.</param>
    /// <param name="allowedHosts">Entries <c>host[:port]</c>, or <c>http://host[:port]</c> for plain http.</param>
    /// <param name="hostname">The hostname, where the text is one.</param>
    public static bool TryParse(string? text, IEnumerable<string> allowedHosts, [NotNullWhen(true)] out RegistryHostname? hostname)
    {
        hostname = null;
        var host = StripScheme((text ?? "").Trim()).TrimEnd('/').ToLowerInvariant();
        if (host.Length is 0 or > 253)
        {
            return false;
        }

        if (AzureCloud.All.FirstOrDefault(cloud => IsLoginServer(host, cloud)) is { } azure)
        {
            hostname = new RegistryHostname(host, plainHttp: false, azure);
            return true;
        }

        foreach (var entry in allowedHosts)
        {
            if (StripScheme(entry.Trim()).TrimEnd('/').Equals(host, StringComparison.OrdinalIgnoreCase) && Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var uri)
                && uri.UserInfo.Length == 0 && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0)
            {
                hostname = new RegistryHostname(host, entry.TrimStart().StartsWith("http://", StringComparison.OrdinalIgnoreCase), cloud: null);
                return true;
            }
        }

        return false;
    }

    public override string ToString() => Value;

    // <c>^[a-z0-9]{5,50}(-[a-z0-9]+)?\.azurecr\.(io|us|cn)$</c>: names have no dash, a domain name label adds "-hash".
    private static bool IsLoginServer(string host, AzureCloud cloud)
    {
        if (!host.EndsWith(cloud.RegistrySuffix, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = host[..^cloud.RegistrySuffix.Length].Split('-');
        return parts.Length <= 2 && parts.All(part => part.Length > 0 && part.All(char.IsAsciiLetterOrDigit)) && parts[0].Length is >= 5 and <= 50;
    }

    private static string StripScheme(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..]
        : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
}
