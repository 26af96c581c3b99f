namespace ScoutDashboard.Registry;

/// <summary>Why a registry could not be read.</summary>
public enum RegistryError
{
    HostNotFound, ConnectionRefused, Tls, Timeout, NotARegistry, NoIdentity, Unauthorized, TokenDisabled, CatalogDenied, PullDenied,
    NotFound, Throttled, ServerError, BadResponse, DigestMismatch, Truncated, TooLarge, UntrustedRealm, UntrustedRedirect, UntrustedAddress,
}

/// <summary>A registry that could not be read; the message is one sentence for a person and holds no secret.</summary>
public sealed class RegistryException(RegistryError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public RegistryError Error { get; } = error;

    /// <summary>How long the registry asks to wait (Retry-After), if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same call may work later without anyone doing anything.</summary>
    public bool IsTransient => Error is RegistryError.Timeout or RegistryError.NoIdentity or RegistryError.Throttled or RegistryError.ServerError
        or RegistryError.ConnectionRefused or RegistryError.HostNotFound or RegistryError.Truncated or RegistryError.BadResponse
        // A bit that a proxy or one of several stores got wrong; it costs a few attempts where it is wrong for ever.
        or RegistryError.DigestMismatch;
}
