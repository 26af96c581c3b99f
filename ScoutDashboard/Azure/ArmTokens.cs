using System.Text.Json;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Tokens of a registry and their passwords.</summary>
public sealed class ArmTokens(ArmHttp http, ArmPoller poller)
{
    /// <summary>Null where the registry has no scope map of that name.</summary>
    public async Task<ScopeMap?> FindScopeMapAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken)
    {
        var body = await http.FindAsync(http.Endpoint.At($"{registry.Path}/scopeMaps/{Uri.EscapeDataString(name)}", ArmVersions.Registries), cancellationToken);
        return body is { } map ? new ScopeMap(map.Text("id"), map.Texts("properties", "actions")) : null;
    }

    /// <summary>Null where the registry has no token of that name.</summary>
    public async Task<RegistryToken?> FindAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken) =>
        await http.FindAsync(At(registry, name), cancellationToken) is { } token ? Read(token) : null;

    /// <summary>Makes the token or changes it, and waits until it is there.</summary>
    /// <param name="scopeMap">Name of a scope map of the registry.</param>
    public async Task<RegistryToken> PutAsync(AzureRegistryId registry, string name, string scopeMap, CancellationToken cancellationToken)
    {
        var address = At(registry, name);
        var body = new { properties = new { scopeMapId = $"/{registry.Path}/scopeMaps/{scopeMap}", status = "enabled" } };
        return Read(await poller.FinishAsync(await http.SendAsync(RequestMethod.Put, address, body, cancellationToken), address, cancellationToken));
    }

    /// <summary>Enables a token that is there; its scope map and its passwords stay.</summary>
    public Task EnableAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken) => PatchAsync(registry, name, new { properties = new { status = "enabled" } }, cancellationToken);

    /// <summary>Enables a token that is there and gives it a scope map; its passwords stay.</summary>
    /// <param name="scopeMap">Name of a scope map of the registry.</param>
    public Task MendAsync(AzureRegistryId registry, string name, string scopeMap, CancellationToken cancellationToken) =>
        PatchAsync(registry, name, new { properties = new { scopeMapId = $"/{registry.Path}/scopeMaps/{scopeMap}", status = "enabled" } }, cancellationToken);

    private async Task PatchAsync(AzureRegistryId registry, string name, object body, CancellationToken cancellationToken)
    {
        var address = At(registry, name);
        await poller.FinishAsync(await http.SendAsync(RequestMethod.Patch, address, body, cancellationToken), address, cancellationToken);
    }

    /// <summary>Deletes the token; one that is gone already is no fault.</summary>
    public Task DeleteAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken) => poller.DeleteAsync(At(registry, name), cancellationToken);

    /// <summary>Makes a password of the token; an older one of this name ends. It can't be read again.</summary>
    /// <param name="passwordName">password1 or password2.</param>
    /// <param name="expiry">Null: never.</param>
    /// <exception cref="ArmException">Where it is a refusal, none was made and none has ended.</exception>
    public async Task<TokenPassword> GeneratePasswordAsync(AzureRegistryId registry, string token, string passwordName, DateTimeOffset? expiry, CancellationToken cancellationToken)
    {
        var body = new Dictionary<string, object> { ["tokenId"] = $"/{registry.Path}/tokens/{token}", ["name"] = passwordName };
        if (expiry is { } end)
        {
            body["expiry"] = end.UtcDateTime;
        }

        var started = await BeginAsync(http.Endpoint.At($"{registry.Path}/generateCredentials", ArmVersions.Registries), body, cancellationToken);
        var result = await poller.FinishAsync(started, null, cancellationToken);
        var password = result.Items("passwords").FirstOrDefault(item => item.Text("name") == passwordName);
        return password.Text("value") is { Length: > 0 } value ? new TokenPassword(result.Text("username"), value, password.Time("expiry")) { Created = password.Time("creationTime") }
            : throw new ArmException(ArmError.BadResponse, $"{http.Endpoint.Address.Host} sent no password where one was asked for.");
    }

    // The same answers tell nothing where they come to the question how far it is.
    private async Task<ArmAnswer> BeginAsync(Uri address, object body, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(RequestMethod.Post, address, body, cancellationToken);
        }
        catch (ArmException exception) when (exception.Error is ArmError.NoIdentity or ArmError.Unauthorized or ArmError.Forbidden or ArmError.NotFound or ArmError.Refused
            or ArmError.Conflict or ArmError.Throttled or ArmError.UntrustedAddress)
        {
            throw new ArmException(exception.Error, exception.Message, exception) { Code = exception.Code, RetryAfter = exception.RetryAfter, IsPersons = exception.IsPersons, IsRefusal = true };
        }
    }

    /// <summary>Ends one password and leaves the other; one that is gone already is no fault.</summary>
    /// <param name="isIt">Which: by its name and when it was made, for somebody may have made another of that name since.</param>
    public async Task EndPasswordAsync(AzureRegistryId registry, string token, Func<PasswordEnd, bool> isIt, CancellationToken cancellationToken)
    {
        if (await FindAsync(registry, token, cancellationToken) is not { } found || !found.Passwords.Any(isIt))
        {
            return;
        }

        // No call of its own ends one: those that stay are named (azure-cli: acr token credential delete).
        var stay = found.Passwords.Where(password => !isIt(password)).Select(password => new { name = password.Name }).ToArray();
        await PatchAsync(registry, token, new { properties = new { credentials = new { passwords = stay } } }, cancellationToken);
    }

    private Uri At(AzureRegistryId registry, string token) => http.Endpoint.At($"{registry.Path}/tokens/{Uri.EscapeDataString(token)}", ArmVersions.Registries);

    private static RegistryToken Read(JsonElement token) => new(
        token.Text("name"), token.Text("properties", "scopeMapId"), token.Text("properties", "status").Equals("enabled", StringComparison.OrdinalIgnoreCase),
        token.Text("properties", "provisioningState"),
        [.. token.Items("properties", "credentials", "passwords").Select(item => new PasswordEnd(item.Text("name"), item.Time("expiry")) { Created = item.Time("creationTime") })]);
}

/// <param name="Actions">E.g. <c>repositories/*/content/read</c>.</param>
public sealed record ScopeMap(string Id, IReadOnlyList<string> Actions);

/// <param name="ScopeMapId">Whole resource id.</param>
/// <param name="Passwords">Those that it has; never their values.</param>
public sealed record RegistryToken(string Name, string ScopeMapId, bool IsEnabled, string ProvisioningState, IReadOnlyList<PasswordEnd> Passwords);

/// <param name="Expiry">Null: never.</param>
public sealed record PasswordEnd(string Name, DateTimeOffset? Expiry)
{
    /// <summary>Null where Azure does not say.</summary>
    public DateTimeOffset? Created { get; init; }
}

/// <summary>A new password; it is a secret.</summary>
public sealed record TokenPassword(string UserName, string Value, DateTimeOffset? Expiry)
{
    /// <summary>Null where Azure does not tell.</summary>
    public DateTimeOffset? Created { get; init; }

    public override string ToString() => nameof(TokenPassword);
}
