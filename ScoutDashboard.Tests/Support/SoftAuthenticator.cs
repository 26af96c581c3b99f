using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScoutDashboard.Tests.Support;

/// <summary>An authenticator of WebAuthn with one passkey, and the browser around it: both do what they are told, also what real ones never would.</summary>
public sealed class SoftAuthenticator : IDisposable
{
    private const int Present = 0x01;
    private const int Verified = 0x04;
    private const int HasCredential = 0x40;

    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; set; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The account that the passkey was made for, as base64url.</summary>
    public string? UserHandle { get; set; }

    public string Origin { get; set; } = "http://localhost";

    public string Domain { get; set; } = "localhost";

    public bool IsPresent { get; set; } = true;

    public bool IsVerified { get; set; } = true;

    public bool IsInFrame { get; set; }

    /// <summary>How often it signed; raised with each signature where it counts at all.</summary>
    public uint Count { get; set; }

    public bool Counts { get; set; } = true;

    public string? Challenge { get; set; }

    public string? Type { get; set; }

    /// <summary>Signs by another key from now on.</summary>
    public void ForgeKey() => _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The answer to options for a new passkey.</summary>
    public string Create(JsonNode options)
    {
        UserHandle ??= (string)options["user"]!["id"]!;
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        // COSE_Key: EC2, ES256, P-256.
        byte[] credential = [.. new byte[16], 0, (byte)Id.Length, .. Id, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data = [.. Data(HasCredential), .. credential];
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        byte[] attestation = [0xa3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xa0, 0x68, .. "authData"u8, 0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data];
        return Answer(new() { ["clientDataJSON"] = Text(ClientData("webauthn.create", options)), ["attestationObject"] = Text(attestation), ["transports"] = new JsonArray("internal", "made up") });
    }

    /// <summary>The answer to options for a signature.</summary>
    public string Sign(JsonNode options)
    {
        Count += Counts ? 1u : 0;
        var (client, data) = (ClientData("webauthn.get", options), Data(0));
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new() { ["clientDataJSON"] = Text(client), ["authenticatorData"] = Text(data), ["signature"] = Text(signature), ["userHandle"] = UserHandle });
    }

    public void Dispose() => _key.Dispose();

    private byte[] Data(int flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain)), (byte)(flags | (IsPresent ? Present : 0) | (IsVerified ? Verified : 0)), .. count];
    }

    private byte[] ClientData(string type, JsonNode options) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type = Type ?? type, challenge = Challenge ?? (string)options["challenge"]!, origin = Origin, crossOrigin = IsInFrame });

    private string Answer(JsonObject response) => new JsonObject
    {
        ["id"] = Text(Id), ["rawId"] = Text(Id), ["type"] = "public-key", ["clientExtensionResults"] = new JsonObject(), ["response"] = response,
    }.ToJsonString();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
