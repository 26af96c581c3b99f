using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed class KeyProtectionTests : IDisposable
{
    private static readonly string Password = TestSecrets.New("certificate password");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void KeysOutliveTheProcess() => Assert.Equal("secret", Open(Close("secret", new()), new()));

    [Fact]
    public void ACertificateClosesTheKeysAndOpensThem()
    {
        var options = With(Certificate("a"));

        var closed = Close("secret", options);

        Assert.Equal("secret", Open(closed, options));
        Assert.Contains("EncryptedData", Keys(), StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", Keys(), StringComparison.Ordinal);
    }

    [Fact]
    public void ThePasswordMayLieInAFile()
    {
        var file = Path.Combine(_folder.FullName, "password");
        File.WriteAllText(file, Password + "\n");
        var options = new ScoutOptions { KeyCertificate = [Certificate("a")], KeyCertificatePasswordFile = file };

        Assert.Equal("secret", Open(Close("secret", options), options));
    }

    [Fact]
    public void WithoutTheCertificateOfItsKeysNothingStarts()
    {
        var (a, b) = (Certificate("a"), Certificate("b"));
        var closed = Close("secret", With(a));

        foreach (var options in new[] { new ScoutOptions(), With(b) })
        {
            Assert.Contains("Add its file to Scout__KeyCertificate", Assert.Throws<StartupException>(() => Open(closed, options)).Message, StringComparison.Ordinal);
        }

        Assert.Equal("secret", Open(closed, With(b, a)));
    }

    [Fact]
    public void ACertificateThatCanNotBeUsedIsToldWithItsFile()
    {
        var good = Certificate("a");
        var garbage = Path.Combine(_folder.FullName, "garbage.pfx");
        File.WriteAllText(garbage, "-----BEGIN CERTIFICATE-----");
        var keyless = Path.Combine(_folder.FullName, "keyless.pfx");
        using (var certificate = X509CertificateLoader.LoadPkcs12FromFile(good, Password))
        using (var open = X509CertificateLoader.LoadCertificate(certificate.RawData))
        {
            File.WriteAllBytes(keyless, open.Export(X509ContentType.Pkcs12, Password));
        }

        Assert.Contains("There is no certificate", Fault(With(Path.Combine(_folder.FullName, "absent.pfx"))), StringComparison.Ordinal);
        Assert.Contains("can't be opened", Fault(With(garbage)), StringComparison.Ordinal);
        Assert.Contains("can't be opened", Fault(With(good) with { KeyCertificatePassword = TestSecrets.Of("another certificate's password") }), StringComparison.Ordinal);
        Assert.Contains("no RSA private key", Fault(With(keyless)), StringComparison.Ordinal);
        Assert.Contains("can't be read", Fault(With(good) with { KeyCertificatePasswordFile = Path.Combine(_folder.FullName, "absent") }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheProgramSaysSoAndDoesNotStart()
    {
        var run = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = _folder.FullName, ["Scout__KeyCertificate"] = "/no/such.pfx;/nor/this.pfx", ["Jobs__Workers"] = "none", ["ASPNETCORE_URLS"] = "anywhere" });

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            [
                "Nothing was started, since the configuration can't be right:",
                "Jobs__Workers must be a whole number from 1 to 16.",
                "ASPNETCORE_URLS (or --urls) has anywhere, but must be addresses such as http://+:8080 or https://localhost:5443, without a path.",
                "There is no certificate /no/such.pfx, which Scout__KeyCertificate names.",
                "There is no certificate /nor/this.pfx, which Scout__KeyCertificate names.",
            ],
            run.Error.Trim().Split(Environment.NewLine));
    }

    [Fact]
    public async Task AVerbThatOpensNoSecretNeedsNoCertificate()
    {
        var run = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string> { ["Scout__KeyCertificate"] = "/no/such.pfx" }, "health", "live");

        Assert.DoesNotContain("certificate", run.Error, StringComparison.Ordinal);
    }

    private string Fault(ScoutOptions options) => Assert.Throws<StartupException>(() => Close("secret", options)).Message;

    private string Close(string text, ScoutOptions options) => Protector(options).Protect(text);

    private string Open(string closed, ScoutOptions options) => Protector(options).Unprotect(closed);

    // As a process that starts anew.
    private IDataProtector Protector(ScoutOptions options)
    {
        var services = new ServiceCollection();
        services.AddScoutKeys(_folder.FullName, options);
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    private string Keys() => string.Concat(Directory.EnumerateFiles(Path.Combine(_folder.FullName, "keys")).Select(File.ReadAllText));

    private static ScoutOptions With(params string[] certificates) => new() { KeyCertificate = certificates, KeyCertificatePassword = Password };

    private string Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder.FullName, $"{name}.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, Password));
        return path;
    }
}
