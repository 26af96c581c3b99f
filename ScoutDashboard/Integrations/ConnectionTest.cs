using System.Runtime.CompilerServices;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Tries a registry step by step, so that each fault shows where it is; changes nothing.</summary>
public sealed class ConnectionTest(RegistryClient client)
{
    /// <summary>Tells each step twice: when it begins, and how it ended. After a failure the rest is skipped.</summary>
    public async IAsyncEnumerable<ConnectionStep> RunAsync(RegistryAccess access, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RegistryException? endpoint = null;
        string? repository = null;
        (ConnectionStage Stage, Func<Task<ConnectionStep>> Check)[] checks =
        [
            (ConnectionStage.Reach, ReachAsync), (ConnectionStage.Challenge, ChallengeAsync), (ConnectionStage.Token, TokenAsync),
            (ConnectionStage.Catalogue, CatalogueAsync), (ConnectionStage.Manifest, ManifestAsync),
        ];

        var isBroken = false;
        foreach (var (stage, check) in checks)
        {
            if (isBroken)
            {
                yield return new ConnectionStep(stage, ConnectionStepState.Skipped);
                continue;
            }

            yield return new ConnectionStep(stage, ConnectionStepState.Running);
            var step = await TryAsync(stage, access, check);
            isBroken = step.State == ConnectionStepState.Failed;
            yield return step;
        }

        // One request answers both of the first two questions: whether the host can be reached, and whether a registry is there.
        async Task<ConnectionStep> ReachAsync()
        {
            try
            {
                await client.CheckEndpointAsync(access.Hostname, cancellationToken);
            }
            catch (RegistryException exception)
            {
                endpoint = exception;
            }

            return endpoint?.Error is RegistryError.HostNotFound or RegistryError.ConnectionRefused or RegistryError.Tls or RegistryError.Timeout
                ? Failed(ConnectionStage.Reach, access, endpoint)
                : Passed(ConnectionStage.Reach, access.Hostname.PlainHttp ? "Reached over plain http, as the administrator allows." : "The name resolves and the certificate is trusted.");
        }

        Task<ConnectionStep> ChallengeAsync() => Task.FromResult(endpoint is not null
            ? Failed(ConnectionStage.Challenge, access, endpoint) : Passed(ConnectionStage.Challenge, "A container registry answers."));

        async Task<ConnectionStep> TokenAsync()
        {
            var more = (await client.CheckTokenAsync(access, cancellationToken)).Where(action => !IsReading(action)).ToList();
            return access.Identity is null ? Passed(ConnectionStage.Token, "The registry accepts name and password.")
                : more.Count == 0 ? Passed(ConnectionStage.Token, "The registry accepts the dashboard's identity.")
                : Passed(ConnectionStage.Token, $"The registry accepts the dashboard's identity, which may do more there than read: {DisplayText.Sanitise(string.Join(", ", more), 200)}.") with { Remedy = IdentityRemedies.MoreThanReading };
        }

        async Task<ConnectionStep> CatalogueAsync()
        {
            repository = await client.CheckCatalogAsync(access, cancellationToken);
            return repository is null
                ? Passed(ConnectionStage.Catalogue, "The registry lists no repositories.") with { Remedy = access.Identity is null ? Remedies.EmptyCatalogue : IdentityRemedies.EmptyCatalogue }
                : Passed(ConnectionStage.Catalogue, "Repositories can be listed.");
        }

        async Task<ConnectionStep> ManifestAsync()
        {
            if (repository is null)
            {
                return new ConnectionStep(ConnectionStage.Manifest, ConnectionStepState.Skipped, "No repository to read from.");
            }

            var name = DisplayText.Sanitise(repository, 100);
            return await client.CheckPullAsync(access, repository, cancellationToken)
                ? Passed(ConnectionStage.Manifest, $"An image of {name} can be read.")
                : new ConnectionStep(ConnectionStage.Manifest, ConnectionStepState.Skipped, $"{name} has no tag to read.");
        }
    }

    private static async Task<ConnectionStep> TryAsync(ConnectionStage stage, RegistryAccess access, Func<Task<ConnectionStep>> check)
    {
        try
        {
            return await check();
        }
        catch (RegistryException exception)
        {
            return Failed(stage, access, exception);
        }
    }

    private static ConnectionStep Passed(ConnectionStage stage, string detail) => new(stage, ConnectionStepState.Passed, detail);

    // As registries name it: read, metadata/read; or Azure's own names of actions.
    private static bool IsReading(string action) => action.Equals("read", StringComparison.OrdinalIgnoreCase) || action.EndsWith("/read", StringComparison.OrdinalIgnoreCase);

    private static ConnectionStep Failed(ConnectionStage stage, RegistryAccess access, RegistryException exception)
    {
        var step = new ConnectionStep(stage, ConnectionStepState.Failed, DisplayText.Sanitise(exception.Message, 300), exception.Error);
        return access.Identity is null ? step : step with { Remedy = IdentityRemedies.For(exception.Error) };
    }
}
