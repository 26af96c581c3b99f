using System.Net;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>
/// Asks from here what Azure will ask of <c>Scout:PublicUrl</c>: that its name leads to public addresses only, that its certificate is trusted and that this dashboard is what answers
/// there. Azure has names, authorities and a way of its own: what is found is told as seen from here, and holds no deployment back.
/// </summary>
public sealed class PublicUrlCheck(PublicUrl publicUrl, OutboundNetwork network, IHttpClientFactory clients, PresenceMark mark)
{
    public const string ClientName = "public-url";

    /// <summary>How long all of it may take; a site without a way out is not to wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Elsewhere = "Azure may see it otherwise.";

    /// <summary>Whether the address is one that Azure could call at all.</summary>
    internal bool IsPossible => publicUrl.IsReachableByAzure;

    internal Uri? Address => publicUrl.Address;

    public async Task<CheckFinding> AskAsync(CancellationToken cancellationToken)
    {
        if (!publicUrl.IsReachableByAzure || publicUrl.Address is not { } address)
        {
            return Warn("Azure can't reach this dashboard: no https address is configured as Scout:PublicUrl.", "Without one only the token is made, and pushes are found by a regular look at the registry.",
                "export Scout__PublicUrl='https://scout.example.com'");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await FindNameAsync(address, limit.Token) ?? await CallAsync(address, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Warn($"From here, {address.Host} did not answer within {Patience.TotalSeconds:0} seconds. {Elsewhere}", "Check that the firewall and the proxy before the dashboard let the internet in to it. Where this machine may not call itself by its public address, ask from another one.", Curl(address));
        }
    }

    // A proxy resolves names itself.
    private async Task<CheckFinding?> FindNameAsync(Uri address, CancellationToken cancellationToken)
    {
        if (network.ProxyOf(address) is not null)
        {
            return null;
        }

        IPAddress[] found;
        try
        {
            found = await network.Resolve(address.IdnHost, cancellationToken);
        }
        catch (System.Net.Sockets.SocketException)
        {
            found = [];
        }

        if (found.Length == 0)
        {
            return Warn($"From here, the name {address.Host} is not found. {Elsewhere}", "Give the name a record in the public DNS that leads to the dashboard.", $"nslookup {address.IdnHost}");
        }

        return found.FirstOrDefault(one => AddressKinds.Of(one) != AddressKind.Public) is { } inside
            ? Warn($"From here, {address.Host} leads to {inside}, which is no public address. {Elsewhere}", "Event Grid asks the public DNS: the name must lead to public addresses there. The command asks a public resolver; where it tells others, this network has a DNS of its own and all is well.", $"nslookup {address.IdnHost} 1.1.1.1")
            : null;
    }

    private async Task<CheckFinding> CallAsync(Uri address, CancellationToken cancellationToken)
    {
        var nonce = PresenceMark.NewNonce();
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var answer = await client.GetAsync(new Uri(address, $"presence/{nonce}"), cancellationToken);
            return answer.IsSuccessStatusCode && mark.IsAnswer(nonce, await answer.Content.ReadAsStringAsync(cancellationToken))
                ? new CheckFinding(CheckKind.PublicUrl, CheckState.Passed, $"Events are sent to {address.Host}. As seen from here, its name leads to public addresses only, its certificate is trusted, and this dashboard answers.")
                : Warn($"From here, something else than this dashboard answers at {address.Host} ({(int)answer.StatusCode}). {Elsewhere}", "Let the proxy before the dashboard pass all paths on to it, without a sign-in of its own, and check that Scout:PublicUrl names this dashboard.", Curl(address));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return Warn($"From here, {address.Host} shows no certificate that is trusted and valid for its name. {Elsewhere}", "Event Grid calls only where a public authority issued the certificate, with its whole chain.",
                $"openssl s_client -connect {address.IdnHost}:{address.Port} -servername {address.IdnHost} -verify_hostname {address.IdnHost} -verify_return_error </dev/null");
        }
        catch (HttpRequestException exception)
        {
            return Warn($"From here, {address.Host} could not be called: {Why(exception)}. {Elsewhere}", "Check that the dashboard, or the proxy before it, listens there and that the firewall lets the internet in.", Curl(address));
        }
    }

    private static string Why(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ConnectionError => "nothing listens there, or a firewall is before it",
        HttpRequestError.ProxyTunnelError => "this machine's own proxy refused",
        _ => "what answers is no web server, or breaks off",
    };

    private static string Curl(Uri address) => $"curl -sS -o /dev/null -w '%{{http_code}}\n' {new Uri(address, "healthz/live")}";

    private static CheckFinding Warn(string detail, string remedy, string command) => new(CheckKind.PublicUrl, CheckState.Warning, detail) { Remedy = remedy, Command = command };
}
