using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using ScoutDashboard.Operations;

namespace ScoutDashboard;

/// <summary>The keys that protect stored secrets and cookies: they lie in the data folder, closed by the operator's certificate where one is configured.</summary>
public static class KeyProtection
{
    private const int MaxPasswordBytes = 4096;

    /// <exception cref="StartupException">A certificate can't be used, or the keys that are there were closed by one that is not configured: secrets could not be opened.</exception>
    public static void AddScoutKeys(this IServiceCollection services, string dataDirectory, ScoutOptions options)
    {
        var folder = new DirectoryInfo(Path.Combine(dataDirectory, "keys"));
        X509Certificate2[] certificates = [.. options.KeyCertificate.Select(path => Load(path, options))];
        foreach (var thumbprint in Closers(folder).Except(certificates.Select(certificate => certificate.Thumbprint)))
        {
            throw new StartupException($"The keys in {folder.FullName} were closed by the certificate with the thumbprint {thumbprint}. Add its file to Scout__KeyCertificate: without it no stored secret can be opened.");
        }

        var keys = services.AddDataProtection().SetApplicationName("ScoutDashboard").PersistKeysToFileSystem(folder);
        if (certificates is [var first, ..])
        {
            keys.ProtectKeysWithCertificate(first).UnprotectKeysWithAnyCertificate(certificates);
        }
    }

    private static X509Certificate2 Load(string path, ScoutOptions options)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, Password(options));
            using var key = certificate.GetRSAPrivateKey();
            return key is not null ? certificate : throw new StartupException($"The certificate {path} of Scout__KeyCertificate has no RSA private key, which opening keys needs.");
        }
        catch (CryptographicException exception)
        {
            throw new StartupException(
                File.Exists(path) ? $"The certificate {path} of Scout__KeyCertificate can't be opened: it is no PKCS #12 file, or its password is another."
                    : $"There is no certificate {path}, which Scout__KeyCertificate names.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The certificate {path} of Scout__KeyCertificate, or the file with its password, can't be read: {exception.Message}", exception);
        }
    }

    private static string? Password(ScoutOptions options)
    {
        if (options.KeyCertificatePasswordFile is not { Length: > 0 } path)
        {
            return options.KeyCertificatePassword;
        }

        return new FileInfo(path).Length <= MaxPasswordBytes ? File.ReadAllText(path).TrimEnd('\r', '\n') : throw new IOException($"{path} is too large for a password.");
    }

    // Each key names the certificate by which it is closed (XML Encryption, KeyInfo/X509Data).
    private static HashSet<string> Closers(DirectoryInfo folder)
    {
        var thumbprints = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in folder.Exists ? folder.EnumerateFiles("key-*.xml") : [])
        {
            try
            {
                foreach (var element in XDocument.Load(file.FullName).Descendants().Where(element => element.Name.LocalName == "X509Certificate"))
                {
                    using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(element.Value));
                    thumbprints.Add(certificate.Thumbprint);
                }
            }
            catch (Exception exception) when (exception is XmlException or FormatException or CryptographicException)
            {
                throw new StartupException($"The key {file.FullName} is damaged. Put it back from a backup, or take it away: secrets that it protects have to be entered again.", exception);
            }
        }

        return thumbprints;
    }
}
