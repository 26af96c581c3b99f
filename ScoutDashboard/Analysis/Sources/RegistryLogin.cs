using System.Text;
using System.Text.Json;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>Finds a person's credentials for a registry: the environment's, else what <c>docker login</c> wrote in plain; helpers are not run.</summary>
internal static class RegistryLogin
{
    public const string UserNameVariable = "SCOUT_REGISTRY_USERNAME";
    public const string PasswordVariable = "SCOUT_REGISTRY_PASSWORD";
    private const int MaxBytes = 1 << 20;

    public static RegistryCredentials Find(string host)
    {
        var (name, password) = (Environment.GetEnvironmentVariable(UserNameVariable), Environment.GetEnvironmentVariable(PasswordVariable));
        if (!string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(password))
        {
            return new RegistryCredentials(name, password);
        }

        var folder = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } configured ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        return Read(Path.Combine(folder, "config.json"), host) ?? RegistryCredentials.None;
    }

    // {"auths":{"host":{"auth":"base64 of name:password"}}}
    private static RegistryCredentials? Read(string path, string host)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MaxBytes)
            {
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!document.RootElement.TryGetProperty("auths", out var auths))
            {
                return null;
            }

            foreach (var entry in auths.EnumerateObject().Where(entry => IsFor(entry.Name, host)))
            {
                if (entry.Value.TryGetProperty("auth", out var auth) && Encoding.UTF8.GetString(auth.GetBytesFromBase64()) is var pair && pair.IndexOf(':') is var colon and > 0)
                {
                    return new RegistryCredentials(pair[..colon], pair[(colon + 1)..]);
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new AnalysisException($"{path} can't be read: it is not what docker login writes.", exception);
        }
    }

    private static bool IsFor(string key, string host) => key.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (Uri.TryCreate(key, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.Authority.Equals(host, StringComparison.OrdinalIgnoreCase));
}
