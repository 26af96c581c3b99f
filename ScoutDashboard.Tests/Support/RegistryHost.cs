using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Support;

/// <summary>Debian's real <c>docker-registry</c> on a free port of this machine, with a token service shaped like ACR's beside it; both go when it is disposed.</summary>
public sealed partial class RegistryHost : IAsyncDisposable
{
    public const string TokenName = TokenService.ReaderName;
    public static readonly string Password = TokenService.ReaderPassword;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new();

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Task _drained;

    private RegistryHost(DirectoryInfo folder, Process process, TokenService tokens, string host)
    {
        _folder = folder;
        _process = process;
        Tokens = tokens;
        Host = host;
        // A full pipe would stop the registry: what it writes is read to the end.
        _drained = Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
    }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Host { get; }

    /// <summary>Value of <c>Registries:AllowedHosts</c>: the registry and its token service, over plain http.</summary>
    public string AllowedHosts => $"http://{Host},http://{Tokens.Host}";

    /// <summary>What the dashboard holds: the read-only token.</summary>
    public RegistryAccess Access => Sign(TokenName, Password);

    /// <summary>The token service: takes rights away, and holds what the registry notified.</summary>
    public TokenService Tokens { get; }

    public static async Task<RegistryHost> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("scout-registry-");
        var tokens = await TokenService.StartAsync();
        Process? process = null;
        try
        {
            var certificate = Path.Combine(folder.FullName, "tokens.pem");
            await File.WriteAllTextAsync(certificate, tokens.CertificatePem);
            var configuration = Path.Combine(folder.FullName, "config.yml");
            await File.WriteAllTextAsync(configuration, Configuration(folder.FullName, certificate, tokens));
            process = Tool.Start("docker-registry", ["serve", configuration]);
            return new RegistryHost(folder, process, tokens, await ReadAddressAsync(process));
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            await tokens.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>The registry as another token sees it.</summary>
    public RegistryAccess Sign(string userName, string password) => Sign(Host, AllowedHosts, userName, password);

    internal static RegistryAccess Sign(string host, string allowedHosts, string userName, string password) =>
        RegistryHostname.TryParse(host, allowedHosts.Split(','), out var hostname)
            ? new RegistryAccess(hostname, new RegistryCredentials(userName, password)) : throw new InvalidOperationException($"{host} is not allowed.");

    /// <summary>Pushes one image (or the whole index, with <paramref name="all"/>) of an OCI layout folder, and returns the digest that the registry has.</summary>
    public async Task<string> PushAsync(string ociLayoutDir, string tag, string repository, bool all = false)
    {
        var digestFile = Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.digest");
        string[] arguments = ["--insecure-policy", "copy", "--quiet", .. all ? ["--all"] : Array.Empty<string>(), "--preserve-digests", "--dest-tls-verify=false",
            "--dest-creds", $"{TokenService.PusherName}:{TokenService.PusherPassword}", "--digestfile", digestFile, $"oci:{ociLayoutDir}:{tag}", $"docker://{Host}/{repository}:{tag}"];
        await Tool.RunAsync("skopeo", arguments);
        return (await File.ReadAllTextAsync(digestFile)).Trim();
    }

    /// <summary>Deletes a manifest with all its tags.</summary>
    public async Task DeleteManifestAsync(string repository, string digest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"http://{Host}/v2/{repository}/manifests/{digest}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Issue(TokenService.PusherName, [$"repository:{repository}:pull,delete"]));
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _drained;
        _process.Dispose();
        await Tokens.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // Port 0: the system chooses a free one, and the registry's log says which.
    private static async Task<string> ReadAddressAsync(Process process)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        var log = new List<string>();
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            log.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups["address"].Value;
            }
        }

        throw new InvalidOperationException($"docker-registry did not start: {string.Join('\n', log)}");
    }

    private static string Configuration(string folder, string certificate, TokenService tokens) => $$"""
        version: 0.1
        log: { level: info, accesslog: { disabled: true } }
        storage:
          filesystem: { rootdirectory: "{{folder}}/data" }
          delete: { enabled: true }
          maintenance: { uploadpurging: { enabled: false } }
        http: { addr: "127.0.0.1:0", relativeurls: true, secret: tests }
        auth:
          token: { realm: "{{tokens.Realm}}", service: "{{TokenService.Service}}", issuer: "{{TokenService.Issuer}}", rootcertbundle: "{{certificate}}" }
        notifications:
          endpoints:
            - name: tests
              url: "http://{{tokens.Host}}/events"
              timeout: 5s
              threshold: 5
              backoff: 100ms
              ignore: { mediatypes: [application/octet-stream], actions: [pull, mount] }
        """;

    [GeneratedRegex(@"listening on (?<address>127\.0\.0\.1:[0-9]+)")]
    private static partial Regex Listening();
}
