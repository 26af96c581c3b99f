using ScoutDashboard.Outbound;

namespace ScoutDashboard.Azure;

/// <summary>
/// The way to whoever issues tokens: Entra ID as everything else goes out, and the machine's own identity service, which is where else nothing may be connected:
/// at a link-local address, or where the environment of the process says.
/// </summary>
public sealed class IdentityHandler : DelegatingHandler
{
    // Azure's virtual machines (learn: how-to-use-vm-token); App Service, Container Apps and Arc tell theirs.
    private static readonly Uri Machine = new("http://169.254.169.254/");
    private static readonly string[] Variables = ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"];

    private readonly IReadOnlyList<Uri> _machines;
    private readonly HttpMessageInvoker _machine = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) });

    /// <param name="variable">Reads a variable of the environment.</param>
    public IdentityHandler(OutboundNetwork network, Func<string, string?>? variable = null)
    {
        _machines = [Machine, .. Variables.Select(variable ?? Environment.GetEnvironmentVariable).Select(value => Uri.TryCreate(value, UriKind.Absolute, out var address) ? address : null).OfType<Uri>()];
        InnerHandler = new OutboundHandler(network, new OutboundRule(_ => false, "List the network in Outbound:AllowedNetworks if Entra ID is behind a private link."));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _machines.Any(machine => machine.Scheme == request.RequestUri!.Scheme && machine.Authority.Equals(request.RequestUri.Authority, StringComparison.OrdinalIgnoreCase))
            ? _machine.SendAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _machine.Dispose();
        }

        base.Dispose(disposing);
    }
}
