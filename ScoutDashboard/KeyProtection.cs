using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using ScoutDashboard.Azure;
using ScoutDashboard.Operations;

namespace ScoutDashboard;

/// <summary>The keys that protect stored secrets and cookies: they lie in the data folder, closed by the operator's key in Azure Key Vault or certificate where one is configured.</summary>
public static class KeyProtection
{
    private const int MaxPasswordBytes = 4096;

    /// <summary>Why certificates can't be used, a sentence for each that can't.</summary>
    public static IEnumerable<string> CertificateFaults(ScoutOptions options)
    {
        foreach (var path in options.KeyCertificate)
        {
            string? fault = null;
            try
            {
                Load(path, options).Dispose();
            }
            catch (StartupException exception)
            {
                fault = exception.Message;
            }

            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

    /// <exception cref="StartupException">A certificate can't be used, or the keys that are there were closed by one that is not configured: secrets could not be opened.</exception>
    public static void AddScoutKeys(this IServiceCollection services, string dataDirectory, ScoutOptions options)
    {
        var folder = new DirectoryInfo(Path.Combine(dataDirectory, "keys"));
        X509Certificate2[] certificates = [.. options.KeyCertificate.Select(path => Load(path, options))];
        VaultKey[] vaultKeys = [.. options.KeyVaultKey.Select(text => VaultKey.TryParse(text, out var key) ? key : throw new StartupException($"Scout__KeyVaultKey {text} is no address of a key."))];
        var closers = Closers(folder);
        foreach (var key in closers.VaultKeys.Where(key => !vaultKeys.Any(key.IsSame)))
        {
            throw new StartupException($"The keys in {folder.FullName} were closed by {key}. Add it to Scout__KeyVaultKey: without it no stored secret can be opened.");
        }

        foreach (var thumbprint in closers.Thumbprints.Except(certificates.Select(certificate => certificate.Thumbprint)))
        {
            throw new StartupException($"The keys in {folder.FullName} were closed by the certificate with the thumbprint {thumbprint}. Add its file to Scout__KeyCertificate: without it no stored secret can be opened.");
        }

        var keys = services.AddDataProtection().SetApplicationName("ScoutDashboard").PersistKeysToFileSystem(folder);
        services.AddSingleton(new VaultKeyList(vaultKeys));
        if (certificates is [var first, ..])
        {
            keys.ProtectKeysWithCertificate(first).UnprotectKeysWithAnyCertificate(certificates);
        }

        // Behind the certificate's, whose place it takes.
        if (vaultKeys is [var closing, ..])
        {
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
                new ConfigureOptions<KeyManagementOptions>(management => management.XmlEncryptor = new VaultXmlEncryptor(provider.GetRequiredService<KeyVaults>(), closing)));
        }
    }

    /// <summary>
    /// Lets the vault's key close and open something, where one is to close the keys, and open the keys that are there: found out later, sign-in would fail, data protection
    /// make a key each time, and stored secrets look as if they were lost.
    /// </summary>
    /// <exception cref="StartupException">It does not.</exception>
    public static async Task CheckVaultAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var keys = services.GetRequiredService<VaultKeyList>().Keys;
        if (keys is not [var key, ..])
        {
            return;
        }

        var vaults = services.GetRequiredService<KeyVaults>();
        var secret = RandomNumberGenerator.GetBytes(32);
        var (used, wrapped) = await AskAsync(key, () => vaults.WrapAsync(key, secret, cancellationToken));
        var opened = await AskAsync(used, () => vaults.UnwrapAsync(used, wrapped, cancellationToken));
        if (!CryptographicOperations.FixedTimeEquals(secret, opened))
        {
            throw new StartupException($"{key} opens something else than what it closed.");
        }

        // Those of other vaults stay closed: no other than the operator's is asked.
        foreach (var (older, closed) in Stored(services).Where(stored => keys.Any(stored.Key.IsSame)))
        {
            await AskAsync(older, () => vaults.UnwrapAsync(older, closed, cancellationToken));
        }
    }

    private static List<(VaultKey Key, byte[] Wrapped)> Stored(IServiceProvider services)
    {
        try
        {
            return [.. VaultXmlDecryptor.Wrapped(services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository!.GetAllElements())];
        }
        catch (CryptographicException exception)
        {
            throw new StartupException($"A key of the data folder is damaged. Put it back from a backup, or take it away: secrets that it protects have to be entered again. {exception.Message}", exception);
        }
    }

    private static async Task<T> AskAsync<T>(VaultKey key, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ArmException exception)
        {
            throw new StartupException($"{key}, of Scout__KeyVaultKey, can't be used, and the keys of the data folder with it. {exception.Message}", exception);
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

    // Each key names the certificate by which it is closed (XML Encryption, KeyInfo/X509Data), or the vault's key.
    private static (HashSet<string> Thumbprints, HashSet<VaultKey> VaultKeys) Closers(DirectoryInfo folder)
    {
        var thumbprints = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var vaultKeys = new HashSet<VaultKey>();
        foreach (var file in folder.Exists ? folder.EnumerateFiles("key-*.xml") : [])
        {
            try
            {
                foreach (var element in XDocument.Load(file.FullName).Descendants())
                {
                    if (element.Name.LocalName == "X509Certificate")
                    {
                        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(element.Value));
                        thumbprints.Add(certificate.Thumbprint);
                    }
                    else if (element.Name == VaultXmlEncryptor.ElementName)
                    {
                        vaultKeys.Add(VaultKey.TryParse((string?)element.Attribute("address"), out var key) ? key : throw new FormatException("The address of the vault's key can't be read."));
                    }
                }
            }
            catch (Exception exception) when (exception is XmlException or FormatException or CryptographicException)
            {
                throw new StartupException($"The key {file.FullName} is damaged. Put it back from a backup, or take it away: secrets that it protects have to be entered again.", exception);
            }
        }

        return (thumbprints, vaultKeys);
    }
}
