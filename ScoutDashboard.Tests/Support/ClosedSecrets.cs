using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.Support;

/// <summary>Opens what a database holds closed, as the product does, and tells <see cref="TestSecrets"/> of it: whoever put it there.</summary>
internal static class ClosedSecrets
{
    /// <param name="services">Have the database and the keys of its data folder.</param>
    public static async Task LearnAsync(IServiceProvider services)
    {
        var protection = services.GetRequiredService<IDataProtectionProvider>();
        var (vault, authenticators) = (new SecretVault(protection), new AuthenticatorVault(protection));
        await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        foreach (var row in await db.Integrations.Select(i => new { i.Hostname, i.ProtectedToken, i.ProtectedWebhookKey, i.ProtectedTemplateKey }).ToListAsync())
        {
            Learn("registry token", vault.Open(SecretKind.RegistryToken, row.Hostname, row.ProtectedToken ?? ""));
            Learn("webhook key", vault.Open(SecretKind.WebhookKey, row.Hostname, row.ProtectedWebhookKey));
            Learn("template key", vault.Open(SecretKind.TemplateKey, row.Hostname, row.ProtectedTemplateKey));
        }

        foreach (var row in await db.Authenticators.Select(a => new { a.AccountId, a.ProtectedKey }).ToListAsync())
        {
            Learn("authenticator key", authenticators.Open(row.AccountId, row.ProtectedKey) is { } key ? Base32.Encode(key) : null);
        }
    }

    private static void Learn(string kind, string? secret) => TestSecrets.Know(kind, secret ?? "");
}
