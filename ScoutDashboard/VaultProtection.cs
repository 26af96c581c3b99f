using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using ScoutDashboard.Azure;

namespace ScoutDashboard;

/// <summary>The keys of Azure Key Vault that the operator named: the first closes the keys of data protection, all open them.</summary>
public sealed record VaultKeyList(IReadOnlyList<VaultKey> Keys);

/// <summary>Closes a key of data protection: by AES-256-GCM with a key of its own, which Azure Key Vault wraps.</summary>
public sealed class VaultXmlEncryptor(KeyVaults vaults, VaultKey key) : IXmlEncryptor
{
    /// <summary>Element of what is closed; its attribute is the address of the vault's key, with the version.</summary>
    public const string ElementName = "vaultKey";

    /// <exception cref="ArmException">The vault can't be asked, or does not do it; then the key is not stored.</exception>
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        ArgumentNullException.ThrowIfNull(plaintextElement);
        var secret = RandomNumberGenerator.GetBytes(32);
        // Data protection asks without waiting; not on the caller's thread, which may be a circuit's.
        var (used, wrapped) = Task.Run(() => vaults.WrapAsync(key, secret, CancellationToken.None)).GetAwaiter().GetResult();
        var (nonce, tag) = (RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[AesGcm.TagByteSizes.MaxSize]);
        var text = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var closed = new byte[text.Length];
        using var aes = new AesGcm(secret, tag.Length);
        aes.Encrypt(nonce, text, closed, tag, Encoding.UTF8.GetBytes(used.ToString()));
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(text);
        return new EncryptedXmlInfo(
            new XElement(
                ElementName, new XAttribute("address", used), new XAttribute("algorithm", KeyVaults.Algorithm),
                Part("wrapped", wrapped), Part("nonce", nonce), Part("tag", tag), Part("closed", closed)),
            typeof(VaultXmlDecryptor));
    }

    private static XElement Part(string name, byte[] value) => new(name, Convert.ToBase64String(value));
}

/// <summary>Opens what <see cref="VaultXmlEncryptor"/> closed. Made by data protection, which gives it all services.</summary>
public sealed class VaultXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    /// <exception cref="ArmException">The vault can't be asked, or does not do it.</exception>
    /// <exception cref="CryptographicException">The vault's key is none that the operator named: no other vault is asked; or what is stored was changed.</exception>
    public XElement Decrypt(XElement encryptedElement)
    {
        ArgumentNullException.ThrowIfNull(encryptedElement);
        var address = (string?)encryptedElement.Attribute("address");
        if (!VaultKey.TryParse(address, out var key) || !services.GetRequiredService<VaultKeyList>().Keys.Any(key.IsSame))
        {
            throw new CryptographicException("A key was closed by a key of Azure Key Vault that Scout__KeyVaultKey does not name.");
        }

        var wrapped = Part(encryptedElement, "wrapped");
        var secret = Task.Run(() => services.GetRequiredService<KeyVaults>().UnwrapAsync(key, wrapped, CancellationToken.None)).GetAwaiter().GetResult();
        var (closed, tag) = (Part(encryptedElement, "closed"), Part(encryptedElement, "tag"));
        var text = new byte[closed.Length];
        try
        {
            using var aes = new AesGcm(secret, AesGcm.TagByteSizes.MaxSize);
            aes.Decrypt(Part(encryptedElement, "nonce"), closed, tag, text, Encoding.UTF8.GetBytes(key.ToString()));
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException("A part of a closed key has another length than it must have.", exception);
        }

        CryptographicOperations.ZeroMemory(secret);
        return XElement.Parse(Encoding.UTF8.GetString(text));
    }

    /// <summary>One wrapped secret for each of the vault's keys, with its version, that closed something of these elements.</summary>
    internal static IEnumerable<(VaultKey Key, byte[] Wrapped)> Wrapped(IEnumerable<XElement> elements) => elements.SelectMany(element => element.Descendants(VaultXmlEncryptor.ElementName))
        .DistinctBy(element => (string?)element.Attribute("address"))
        .SelectMany(element => VaultKey.TryParse((string?)element.Attribute("address"), out var key) ? new[] { (key, Part(element, "wrapped")) } : []);

    private static byte[] Part(XElement element, string name)
    {
        try
        {
            return Convert.FromBase64String((string?)element.Element(name) ?? "");
        }
        catch (FormatException exception)
        {
            throw new CryptographicException(string.Create(CultureInfo.InvariantCulture, $"The part {name} of a closed key can't be read."), exception);
        }
    }
}
