using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>A registry, read by the dashboard's own client. Hosts that may be connected are the one that was named and those of <c>Registries:AllowedHosts</c>.</summary>
internal sealed class RegistrySource : IImageSource
{
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "[::1]"];

    private readonly ServiceProvider _services;
    private readonly RegistryClient _client;
    private readonly RegistryAccess _access;
    private readonly ImageLocation _location;

    public RegistrySource(ImageLocation location, IConfiguration configuration)
    {
        var allowed = RegistryOptions.Read(configuration).AllowedHosts;
        // Plain http only to this machine, unless it was allowed by name.
        var named = ThisMachine.Contains(location.Place.Split(':') is [var host, ..] && host[0] != '[' ? host : location.Place[..(location.Place.IndexOf(']') + 1)])
            ? $"http://{location.Place}" : location.Place;
        _access = RegistryHostname.TryParse(location.Place, [.. allowed, named], out var hostname) ? new RegistryAccess(hostname, RegistryLogin.Find(location.Place))
            : throw new AnalysisException($"{location.Place} is no registry's host name.");
        _location = location;
        var settings = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection([new("Registries:AllowedHosts", string.Join(',', allowed.Append(named)))]).Build();
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddScoutRegistry(settings).BuildServiceProvider();
        _client = _services.GetRequiredService<RegistryClient>();
    }

    public Task<Manifest> FindAsync(CancellationToken cancellationToken) => AskAsync(() => _client.GetManifestAsync(_access, _location.Repository, _location.Reference!, cancellationToken));

    public Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken) =>
        AskAsync(() => _client.GetManifestAsync(_access, _location.Repository, digest.Value, cancellationToken));

    public Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken) =>
        AskAsync(() => _client.GetBlobAsync(_access, _location.Repository, blob, maxBytes, cancellationToken));

    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        AskAsync(() => _client.ListReferrersAsync(_access, _location.Repository, subject, cancellationToken));

    public Task<Stream> OpenUnverifiedLayerAsync(Descriptor layer, CancellationToken cancellationToken) =>
        AskAsync(() => _client.OpenUnverifiedBlobAsync(_access, _location.Repository, layer, cancellationToken));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RegistryException exception) when (_access.Credentials == RegistryCredentials.None && exception.Error is RegistryError.Unauthorized or RegistryError.PullDenied)
        {
            throw new AnalysisException($"{exception.Message} No credentials were sent: set {RegistryLogin.UserNameVariable} and {RegistryLogin.PasswordVariable}, or sign in with docker login.", exception);
        }
    }
}
