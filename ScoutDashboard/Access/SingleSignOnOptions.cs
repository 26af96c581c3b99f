using System.ComponentModel.DataAnnotations;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Access;

/// <summary>Configuration section <c>OpenIdConnect</c>: sign-in at an issuer of OpenID Connect, e.g. a tenant of Microsoft Entra ID.</summary>
public sealed record SingleSignOnOptions : IValidatableObject
{
    /// <summary>Stands for everybody whom the issuer signs in.</summary>
    public const string Everybody = "*";

    private const string Section = "OpenIdConnect";

    /// <summary>The issuer; its <c>/.well-known/openid-configuration</c> tells the rest.</summary>
    public Uri? Authority { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>What the sign-in page calls it.</summary>
    public string DisplayName { get; init; } = "single sign-on";

    /// <summary>What is asked for; an issuer may want one more before it tells groups.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile", "email"];

    /// <summary>The claim that tells a person's groups or roles.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Values of that claim that make an administrator.</summary>
    public IReadOnlyList<string> Administrators { get; init; } = [];

    public IReadOnlyList<string> Editors { get; init; } = [];

    public IReadOnlyList<string> Viewers { get; init; } = [];

    /// <summary>How long a session lasts that began at the issuer, used or not: whoever is taken out there is signed out here by then.</summary>
    public TimeSpan SessionLimit { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Whether names and passwords of this dashboard's own still sign in.</summary>
    public bool LocalSignIn { get; init; } = true;

    public bool IsOn => Authority is not null;

    /// <summary>What may be connected to read the issuer's keys and to redeem its codes.</summary>
    public OutboundRule Outbound => new(
        address => Authority is { } named && named.Scheme == address.Scheme && named.Authority.Equals(address.Authority, StringComparison.OrdinalIgnoreCase),
        "If it is yours, list its network in Outbound:AllowedNetworks.");

    public static SingleSignOnOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var defaults = new SingleSignOnOptions();
        var scopes = ListOf(section.GetSection(nameof(Scopes)));
        return new SingleSignOnOptions
        {
            Authority = Uri.TryCreate(section[nameof(Authority)], UriKind.Absolute, out var authority) ? authority : null,
            ClientId = Text(section, nameof(ClientId)), ClientSecret = Text(section, nameof(ClientSecret)),
            DisplayName = Text(section, nameof(DisplayName)) is { } name ? DisplayText.Sanitise(name, 60) : defaults.DisplayName,
            Scopes = scopes.Length > 0 ? scopes : defaults.Scopes, RoleClaim = Text(section, nameof(RoleClaim)) ?? defaults.RoleClaim,
            Administrators = ListOf(section.GetSection(nameof(Administrators))), Editors = ListOf(section.GetSection(nameof(Editors))), Viewers = ListOf(section.GetSection(nameof(Viewers))),
            SessionLimit = section.GetValue(nameof(SessionLimit), defaults.SessionLimit), LocalSignIn = section.GetValue(nameof(LocalSignIn), defaults.LocalSignIn),
        };
    }

    /// <summary>The highest role that any of a person's groups has; null where none has any.</summary>
    public MemberRole? RoleOf(IReadOnlyCollection<string> groups) =>
        Holds(Administrators, groups) ? MemberRole.Administrator : Holds(Editors, groups) ? MemberRole.Editor : Holds(Viewers, groups) ? MemberRole.Viewer : null;

    /// <summary>Whether a role depends on this group.</summary>
    public bool Names(string group) => Administrators.Contains(group) || Editors.Contains(group) || Viewers.Contains(group);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && (ClientId is null || ClientSecret is null))
        {
            yield return new ValidationResult($"{Section}__Authority needs {Section}__ClientId and {Section}__ClientSecret beside it.");
        }

        if (IsOn && Administrators.Count + Editors.Count + Viewers.Count == 0)
        {
            yield return new ValidationResult($"{Section}__Authority needs {Section}__Administrators, Editors or Viewers beside it; without them nobody gets in. * stands for everybody.");
        }

        if (Authority is { } authority && (authority.Scheme is not ("https" or "http") || authority.UserInfo.Length > 0 || authority.Query.Length > 0 || authority.Fragment.Length > 0))
        {
            yield return new ValidationResult($"{Section}__Authority must be an address such as https://login.microsoftonline.com/TENANT/v2.0, without user, query or fragment.");
        }

        if (Authority is { Scheme: "http", IsLoopback: false })
        {
            yield return new ValidationResult($"{Section}__Authority must begin with https://: over http anybody on the way could sign in as anybody.");
        }

        if (Administrators.Contains(Everybody))
        {
            yield return new ValidationResult($"{Section}__Administrators can't be {Everybody}: everybody whom the issuer knows would be one.");
        }

        if (!IsOn && !LocalSignIn)
        {
            yield return new ValidationResult($"{Section}__LocalSignIn can't be false without {Section}__Authority: nobody could sign in.");
        }
    }

    /// <summary>Its name only: it holds a secret.</summary>
    public override string ToString() => nameof(SingleSignOnOptions);

    private static bool Holds(IReadOnlyList<string> wanted, IReadOnlyCollection<string> groups) => wanted.Contains(Everybody) || wanted.Any(groups.Contains);

    private static string? Text(IConfigurationSection section, string key) => section[key]?.Trim() is { Length: > 0 } text ? text : null;

    private static string[] ListOf(IConfigurationSection section) => ListText.Split(section.GetChildren().Select(child => child.Value).Prepend(section.Value));
}
