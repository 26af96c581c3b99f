using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Makes deployment plans, and finds templates by their key.</summary>
public sealed class DeploymentPlanner(IDbContextFactory<ScoutDb> databases, SecretVault vault, RegistryOptions registries, PublicUrl publicUrl, TimeProvider clock)
{
    /// <summary>Why there is no template that the dashboard itself could deploy.</summary>
    internal static string Impossible(AzureIdentities azure) => $"{azure.Missing}, or it does not know where the registry lies, or can't open the integration's keys.";

    private const int KeyLength = 43;

    /// <summary>Whether Azure could send events here, so that what they come by is deployed at all.</summary>
    internal bool GetsEvents => publicUrl.IsReachableByAzure;

    /// <summary>The plan, or null where the registry is removed, not Azure's, or its keys can't be opened. It shows the keys, so the audit log tells who saw it.</summary>
    public async Task<DeploymentPlan?> ShowAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var row = await change.Db.Integrations.Where(i => i.Id == id && i.OrganizationId == actor.OrganizationId && i.RemovedAt == null)
            .Select(i => new { i.Hostname, i.ProtectedTemplateKey, i.ProtectedWebhookKey, i.AzureSubscription, i.ResourceGroup, i.Location }).SingleOrDefaultAsync(cancellationToken);
        if (row is null || !RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname) || !hostname.IsAzure
            || vault.Open(SecretKind.TemplateKey, row.Hostname, row.ProtectedTemplateKey) is not { } templateKey
            || vault.Open(SecretKind.WebhookKey, row.Hostname, row.ProtectedWebhookKey) is not { } webhookKey)
        {
            return null;
        }

        change.Note(AuditAction.TemplateShown, row.Hostname);
        await change.CommitAsync(cancellationToken);
        var path = $"templates/{templateKey}/{AzureCommands.TemplateFile}";
        return new DeploymentPlan(hostname.Cloud, hostname.RegistryName, "/" + path,
            publicUrl.ForAzure(path) is { } url ? DeployLink.For(hostname.Cloud, url) : null, WebhookUrl(webhookKey))
        {
            Place = AzurePlace.Of(row.AzureSubscription, row.ResourceGroup, row.Location),
        };
    }

    /// <summary>The filled template that an anonymous visitor's key opens, or null.</summary>
    /// <param name="address">IP address, for the audit log.</param>
    public async Task<string?> FindTemplateAsync(string key, string address, CancellationToken cancellationToken)
    {
        if (key.Length != KeyLength)
        {
            return null;
        }

        var hash = UrlKey.Hash(key);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.Where(i => i.TemplateKeyHash == hash && i.RemovedAt == null)
            .Select(i => new { i.OrganizationId, i.Hostname, i.TemplateKeyHash, i.ProtectedWebhookKey, i.SystemTopic, i.UsesExistingTopic, i.UsesIdentity, i.Location }).SingleOrDefaultAsync(cancellationToken);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.TemplateKeyHash, hash)
            || !RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname) || !hostname.IsAzure
            || vault.Open(SecretKind.WebhookKey, row.Hostname, row.ProtectedWebhookKey) is not { } webhookKey)
        {
            return null;
        }

        db.Audit.Add(new AuditEntry
        {
            OrganizationId = row.OrganizationId, At = clock.GetUtcNow().UtcDateTime, Action = AuditAction.TemplateDownloaded, Name = "", Subject = row.Hostname, Address = address,
        });
        await db.SaveChangesAsync(cancellationToken);
        return DeploymentTemplate.Fill(hostname.RegistryName, WebhookUrl(webhookKey), row.SystemTopic, row.UsesExistingTopic, !row.UsesIdentity, row.Location);
    }

    /// <summary>The filled template for Azure itself, or null as <see cref="ShowAsync"/> says. It holds the webhook's key.</summary>
    /// <param name="purpose">What it is for, for the audit log.</param>
    /// <param name="withEvents">Whether topic and subscription are the template's to make; not where the registry's topic lies in another resource group.</param>
    /// <param name="withToken">Whether the registry may be read by a token; where the dashboard's identity signs in already, none is made in any case.</param>
    public async Task<string?> FillAsync(Actor actor, long id, AuditAction purpose, bool withEvents, bool withToken, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var row = await ActiveIntegration.FindAsync(change, actor, id, cancellationToken);
        if (row is null || !RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname) || !hostname.IsAzure
            || vault.Open(SecretKind.WebhookKey, row.Hostname, row.ProtectedWebhookKey) is not { } webhookKey)
        {
            return null;
        }

        change.Note(purpose, row.Hostname);
        await change.CommitAsync(cancellationToken);
        return DeploymentTemplate.Fill(hostname.RegistryName, withEvents ? WebhookUrl(webhookKey) : null, row.SystemTopic, row.UsesExistingTopic, withToken && !row.UsesIdentity, row.Location);
    }

    /// <summary>The template as an integration would fill it, but for the webhook's key: to be looked at, not to be deployed.</summary>
    internal string Draft(IntegrationDetails integration, bool withEvents) =>
        DeploymentTemplate.Fill(integration.Host!.RegistryName, withEvents ? WebhookUrl(new string('0', KeyLength)) : null, integration.SystemTopic, integration.UsesExistingTopic, !integration.UsesIdentity, integration.Place?.Location);

    private string? WebhookUrl(string key) => publicUrl.ForAzure($"webhooks/eventgrid/{key}");
}
