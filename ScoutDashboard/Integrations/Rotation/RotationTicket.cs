using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>The right to rotate one integration's token, with what was stored when it was given.</summary>
public sealed record RotationTicket(long IntegrationId, RegistryHostname Host, AzureRegistryId Registry, string TokenName)
{
    /// <summary>Who asked for it; null where its day had come and nobody did.</summary>
    internal Actor? Actor { get; init; }

    /// <summary>The right itself.</summary>
    public required TokenLease Lease { get; init; }

    /// <summary>What is stored, protected: no two of these are alike, so it is the version, too.</summary>
    public required string Stored { get; init; }

    /// <summary>What is stored, opened; null where that fails.</summary>
    public RegistryAccess? Present { get; init; }

    /// <summary>Which of the token's two passwords is stored; null where nobody knows.</summary>
    public string? InUse { get; init; }

    /// <summary>How many days before its last day the next one is to be rotated.</summary>
    public int Days { get; init; }

    public override string ToString() => $"{nameof(RotationTicket)} {IntegrationId}";
}

/// <summary>A password that Azure made, to be tested and stored.</summary>
/// <param name="Name">password1 or password2.</param>
/// <param name="Access">Holds the secret.</param>
/// <param name="ExpiresOn">Its last day, UTC; null: it never ends.</param>
public sealed record NextPassword(string Name, RegistryAccess Access, DateOnly? ExpiresOn)
{
    // What Azure tells of one moment may be rounded in two ways.
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(2);

    /// <summary>When Azure made it; null where it does not tell.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Whether a password of the token in Azure is this one, not one that somebody made of its name since.</summary>
    public bool IsMadeAs(PasswordEnd password) => password.Name == Name && (Created is not { } ours || password.Created is not { } theirs || (theirs - ours).Duration() < SameMoment);

    public override string ToString() => Name;
}

/// <summary>Overtaken: another token was stored meanwhile, or another has the right to make one by now. Gone: there is nothing to store it for.</summary>
public enum SwitchOutcome { Done, Overtaken, Gone }
