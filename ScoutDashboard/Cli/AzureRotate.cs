using System.Globalization;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Rotation;

namespace ScoutDashboard.Cli;

/// <summary>Rotates one registry's token now, or does at all tokens what is due, as the dashboard does hourly.</summary>
internal sealed class AzureRotate(AzureShell shell)
{
    private readonly IntegrationService _integrations = shell.Get<IntegrationService>();

    /// <param name="text">Hostname or name in Azure; null: what is due at all.</param>
    /// <param name="days">For how many days the new password works; null: as long as the one before.</param>
    /// <param name="inUse">Which of the two passwords is stored, where only a person knows.</param>
    public async Task<int> RunAsync(string? text, int? days, string? inUse, CancellationToken cancellationToken)
    {
        if (!await shell.Get<RegistryDiscovery>().IsOnAsync(shell.Actor, cancellationToken))
        {
            return await shell.FailAsync(AzureShell.NoIdentity);
        }

        var rows = await ListAsync(cancellationToken);
        if (text is null)
        {
            return await RunDueAsync(rows, cancellationToken);
        }

        return rows.Where(row => AzureShell.IsNamed(text, row.Hostname)).ToList() switch
        {
            [] => await shell.FailAsync($"There is no integration of {DisplayText.Sanitise(text, 100)}."),
            [var one] when await shell.Get<TokenRotation>().IsPossibleAsync(shell.Actor, one, cancellationToken) => await RunAsync(one, days, inUse, cancellationToken),
            [var one] => await shell.FailAsync($"{one.Hostname} has no token that is stored here, or where it lies in Azure is not known."),
            var several => await shell.FailAsync($"Several have this name; give the hostname: {string.Join(", ", several.Select(row => row.Hostname))}."),
        };
    }

    private async Task<int> RunAsync(IntegrationDetails integration, int? days, string? inUse, CancellationToken cancellationToken)
    {
        shell.HasBegun = true;
        var lastDay = days is { } count ? DateOnly.FromDateTime(shell.Get<TimeProvider>().GetUtcNow().UtcDateTime).AddDays(count) : (DateOnly?)null;
        if (!await shell.PassesAsync(shell.Get<TokenRotation>().RotateAsync(shell.Actor, integration.Id, lastDay, inUse, cancellationToken)))
        {
            return ExitCode.Incomplete;
        }

        await TellAsync((await _integrations.FindToChangeAsync(shell.Actor, integration.Id, cancellationToken))!);
        return ExitCode.Good;
    }

    private async Task<int> RunDueAsync(IReadOnlyList<IntegrationDetails> before, CancellationToken cancellationToken)
    {
        shell.HasBegun = true;
        var due = await shell.Get<RotationRound>().ListDueAsync(shell.Actor, cancellationToken);
        foreach (var one in due)
        {
            await one(cancellationToken);
        }

        await (due.Count == 0 ? shell.TellAsync("Nothing is due.") : Task.CompletedTask);
        var isGood = true;
        // What became of each is written down with it.
        foreach (var integration in await ListAsync(cancellationToken))
        {
            await (before.Any(known => known.Id == integration.Id && known.Rotation.RotatedAt == integration.Rotation.RotatedAt) ? Task.CompletedTask : TellAsync(integration));
            foreach (var (failure, remedy) in new[] { (integration.Rotation.Failure, integration.Rotation.Remedy), (integration.Rotation.OldFailure, integration.Rotation.OldRemedy) })
            {
                isGood &= failure is null;
                await (failure is null ? Task.CompletedTask : shell.RefuseAsync($"{integration.Hostname}: {failure}", remedy));
            }
        }

        return isGood ? ExitCode.Good : ExitCode.Incomplete;
    }

    private Task TellAsync(IntegrationDetails rotated) =>
        shell.WriteAsync($"{rotated.Hostname}: rotated{(rotated.TokenExpiresOn is { } last ? $", token until {last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}");

    private async Task<IReadOnlyList<IntegrationDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<IntegrationDetails>();
        foreach (var row in await _integrations.ListAsync(shell.Actor.OrganizationId, cancellationToken))
        {
            found.AddRange(await _integrations.FindToChangeAsync(shell.Actor, row.Id, cancellationToken) is { } one ? [one] : Array.Empty<IntegrationDetails>());
        }

        return found;
    }
}
