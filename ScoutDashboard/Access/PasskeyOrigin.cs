using Microsoft.AspNetCore.Identity;

namespace ScoutDashboard.Access;

/// <summary>Where passkeys hold: for the host of this dashboard's public address, else for the one that the browser asked, and on pages of exactly that address.</summary>
public static class PasskeyOrigin
{
    /// <param name="publicAddress">The address at which others reach this dashboard, or null.</param>
    public static void Configure(IdentityPasskeyOptions options, Uri? publicAddress)
    {
        // A passkey stands for password and code: the device must have asked for finger, face or PIN, and must know the account by itself.
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        options.AuthenticatorTimeout = TimeSpan.FromMinutes(3);
        options.ServerDomain = publicAddress?.IdnHost;
        options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && string.IsNullOrEmpty(context.TopOrigin) && IsOurs(context.Origin, context.HttpContext, publicAddress));
    }

    // Not by the header Origin, which is sent by the same one as the answer. Without a public address a proxy may have taken the https away; browsers make passkeys on https and this machine only.
    private static bool IsOurs(string origin, HttpContext http, Uri? publicAddress) => Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (publicAddress is not null ? from.Scheme == publicAddress.Scheme && from.Authority == publicAddress.Authority
            : (from.Scheme == Uri.UriSchemeHttps || (from.Scheme == Uri.UriSchemeHttp && from.IsLoopback)) && from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
