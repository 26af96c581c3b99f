using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;

namespace ScoutDashboard.Integrations;

/// <summary>
/// Finds where in Azure a registry lies by now: where it was last, else wherever the identity sees its login server, which no other registry has. One that was made again under
/// its name elsewhere is not taken for it.
/// </summary>
public sealed class RegistryLocator(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    // Azure may tell one moment in two roundings.
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(2);

    /// <summary>Looks for an integration's registry, and corrects the place that is stored where it was moved.</summary>
    /// <param name="azure">By whose rights.</param>
    /// <param name="actor">Who asks, for the audit log; null where the dashboard does by itself.</param>
    /// <returns>Null where its place was never known.</returns>
    /// <exception cref="ArmException">Azure could not be asked, which is no answer.</exception>
    internal async Task<RegistrySighting?> FindAsync(ArmClients azure, Actor? actor, long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == integrationId, cancellationToken);
        if (row is null || !RegistryHostname.TryParse(row.Hostname, [], out var host) || new IntegrationDetails(row, host, []).AzureId is not { } last)
        {
            return null;
        }

        // Before it was looked at for the first time only this is known: it was there when it was connected.
        var sighting = await FindAsync(azure, host, last, row.RegistryMadeAt, row.CreatedAt, cancellationToken);
        if (sighting is RegistrySighting.Seen { Registry: var registry, IsMoved: var isMoved } && (isMoved || (registry.MadeAt is { } made && made != row.RegistryMadeAt))
            && AzurePlace.Create(registry.Id.Subscription, registry.Id.ResourceGroup, registry.Location) is { } place)
        {
            await CorrectAsync(db, actor, row, last, place, registry.MadeAt ?? row.RegistryMadeAt, isMoved, cancellationToken);
        }

        return sighting;
    }

    /// <summary>The same, for who can go on where it was: a place that can't be asked for is told by what is asked for there.</summary>
    internal async Task<RegistrySighting?> TryFindAsync(ArmClients azure, Actor? actor, long integrationId, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(azure, actor, integrationId, cancellationToken);
        }
        catch (ArmException)
        {
            return null;
        }
    }

    /// <summary>The same of a registry that no integration is of.</summary>
    /// <param name="madeAt">When it was made, UTC; null where that is not known.</param>
    /// <param name="wasThereAt">A moment at which it was there, UTC; null where none is known.</param>
    /// <exception cref="ArmException">Azure could not be asked, which is no answer.</exception>
    public async Task<RegistrySighting> FindAsync(ArmClients azure, RegistryHostname? host, AzureRegistryId last, DateTime? madeAt, DateTime? wasThereAt, CancellationToken cancellationToken)
    {
        var client = azure.For(host);
        ArmException? refused = null;
        try
        {
            // Another login server is that of another registry, which was made in its place.
            var there = await client.Registries.GetAsync(last, cancellationToken);
            if (there.LoginServer == host)
            {
                return new RegistrySighting.Seen(there, IsMoved: false);
            }
        }
        catch (ArmException exception) when (exception.Error is ArmError.NotFound or ArmError.Forbidden)
        {
            // Where a group goes, the role that the identity has there goes with it, and Azure asks for the right first.
            refused = exception;
        }

        var survey = await RegistrySurvey.TakeAsync(client, cancellationToken);
        if (survey.Found.Select(found => found.Registry).FirstOrDefault(registry => registry.LoginServer == host && registry.Id.Name.Equals(last.Name, StringComparison.OrdinalIgnoreCase) && !last.Names($"/{registry.Id.Path}")) is { } moved)
        {
            return moved.MadeAt is { } theirs && (madeAt is { } ours ? (theirs - ours).Duration() > SameMoment : theirs > wasThereAt + SameMoment)
                ? new RegistrySighting.Lost($"The registry was deleted, and another one of its name was made in the resource group {DisplayText.Sanitise(moved.Id.ResourceGroup, 90)}.", "Remove the registry here and connect the new one.")
                : new RegistrySighting.Seen(moved, IsMoved: true);
        }

        if (refused is { Error: ArmError.Forbidden })
        {
            throw refused;
        }

        return survey.Gap is { } gap ? new RegistrySighting.Lost($"Azure shows no such registry where it was. {gap.Message}", gap.Remedy)
            : azure.IsPersons
            ? new RegistrySighting.Lost("Azure shows no such registry in any subscription that you see: it was deleted, or moved out of your sight.", "If it was moved, have your role given to you there, too. If it was deleted, remove it here.")
            : new RegistrySighting.Lost("Azure shows no such registry in any subscription that the dashboard's identity sees: it was deleted, or moved out of its sight.",
                "If it was moved, give the identity its role there, too. If it was deleted, remove it here.");
    }

    // The topic does not go along by itself. Who has corrected it meanwhile has done the same.
    private async Task CorrectAsync(ScoutDb db, Actor? actor, Integration row, AzureRegistryId last, AzurePlace place, DateTime? madeAt, bool isMoved, CancellationToken cancellationToken)
    {
        var topic = isMoved ? row.TopicId ?? $"/{last.GroupPath}/providers/Microsoft.EventGrid/systemTopics/{row.SystemTopic}" : row.TopicId;
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var corrected = await db.Integrations.Where(i => i.Id == row.Id && i.AzureSubscription == row.AzureSubscription && i.ResourceGroup == row.ResourceGroup).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.AzureSubscription, place.Subscription).SetProperty(i => i.ResourceGroup, place.ResourceGroup).SetProperty(i => i.Location, place.Location)
                .SetProperty(i => i.RegistryMadeAt, madeAt).SetProperty(i => i.TopicId, topic), cancellationToken);
        if (corrected == 1 && isMoved)
        {
            db.Audit.Add(RotationLedger.Line(row, actor, AuditAction.RegistryMoved, clock.GetUtcNow().UtcDateTime,
                DisplayText.Sanitise($"from {last.GroupPath} to subscriptions/{place.Subscription}/resourceGroups/{place.ResourceGroup}", 400)));
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>What Azure shows of a registry.</summary>
public abstract record RegistrySighting
{
    public sealed record Seen(AzureRegistry Registry, bool IsMoved) : RegistrySighting;

    /// <summary>It is not where it was, nor seen elsewhere: which proves nothing of what belongs to it.</summary>
    public sealed record Lost(string Message, string Remedy) : RegistrySighting;
}
