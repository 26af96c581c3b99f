using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ScoutDashboard.Tests.Support;

/// <summary>An https server on this machine with a certificate of its own making, and a client that trusts just that one.</summary>
internal sealed class HttpsServer : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _app;

    private HttpsServer(X509Certificate2 certificate, WebApplication app) => (_certificate, _app) = (certificate, app);

    public Uri Address => new(_app.Urls.Single().TrimEnd('/') + "/");

    /// <summary>Its certificate as PEM, for a process to trust.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <param name="names">Of hosts that its certificate is for, beside this machine's address.</param>
    public static async Task<HttpsServer> StartAsync(RequestDelegate answer, params string[] names)
    {
        var certificate = Certify(names);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new HttpsServer(certificate, app);
    }

    /// <summary>Trusts this server's certificate and follows no redirect.</summary>
    public HttpClientHandler Trusting() => new()
    {
        AllowAutoRedirect = false, UseProxy = false,
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == _certificate.Thumbprint,
    };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private static X509Certificate2 Certify(string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // A name of its own: whoever trusts several servers finds each certificate by it.
        var request = new CertificateRequest($"CN=scout tests {Guid.NewGuid():n}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        Array.ForEach(hosts, names.AddDnsName);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        // A key that lies in no file can't be used by Schannel.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
