using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>Finds, over all subscriptions that the identity sees, what integrations that no longer exist left behind: this dashboard's, another's, or Docker Scout's own.</summary>
public sealed class LeftoverSearch(AzureIdentities azure, AzureCleanup cleanup, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int MaxRegistries = 1000;
    private const int AtOnce = 4;

    /// <summary>Whether there is an identity by which this person could look; without one there is nobody to ask.</summary>
    public Task<bool> IsOnAsync(Actor actor, CancellationToken cancellationToken) => azure.IsOnAsync(actor, cancellationToken);

    /// <summary>What can be deleted, by registry. What could not be read is told beside it.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<Leftovers> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        }

        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new Leftovers([], [], 0);
        }

        var client = identity.For(null);
        try
        {
            var subscriptions = await client.Subscriptions.ListAsync(cancellationToken);
            var problems = new ConcurrentBag<DiscoveryProblem>();
            var seen = await EachAsync(subscriptions, subscription => subscription.Name, subscription => ListAsync(client, subscription, cancellationToken), problems, cancellationToken);
            var candidates = seen.SelectMany(found => found).OrderBy(candidate => candidate.Target.Registry.Name, StringComparer.OrdinalIgnoreCase).ToList();
            var plans = await EachAsync(
                candidates.Take(MaxRegistries), candidate => candidate.Target.Registry.Name, candidate => AskAsync(actor, identity, client, candidate, cancellationToken), problems, cancellationToken);
            return new Leftovers([.. plans.OfType<Leftover>().OrderBy(left => left.Plan.RegistryName, StringComparer.OrdinalIgnoreCase)], [.. problems], Math.Min(candidates.Count, MaxRegistries))
            {
                IsCut = candidates.Count > MaxRegistries,
            };
        }
        catch (ArmException exception)
        {
            return new Leftovers([], [new DiscoveryProblem(null, exception.Message, exception.Remedy)], 0);
        }
    }

    // All registries, and topics of the integrations' names whose registry is gone.
    private static async Task<List<Candidate>> ListAsync(ArmClient client, AzureSubscription subscription, CancellationToken cancellationToken)
    {
        var registries = (await client.Registries.ListAsync(subscription.Id, cancellationToken)).ToDictionary(registry => registry.Id.Path, StringComparer.OrdinalIgnoreCase);
        var topics = (await client.Events.ListTopicsAsync(subscription.Id, cancellationToken)).Where(topic => topic.Id is not null && IsOfScheme(topic.Name))
            .Select(topic => AzureRegistryId.TryParse(topic.Source, out var source) ? (topic.Id, Source: source) : default).Where(topic => topic.Source is not null)
            .GroupBy(topic => topic.Source!.Path, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);
        var name = DisplayText.Sanitise(subscription.Name, 100);
        return
        [
            .. registries.Values.Select(registry => new Candidate(name, new CleanupTarget(registry.Id) { Hostname = registry.LoginServer.Value, Topic = topics.GetValueOrDefault(registry.Id.Path).Id })),
            .. topics.Where(topic => !registries.ContainsKey(topic.Key)).Select(topic => new Candidate(name, new CleanupTarget(topic.Value.Source!) { Topic = topic.Value.Id })),
        ];
    }

    private async Task<Leftover?> AskAsync(Actor actor, ArmClients identity, ArmClient client, Candidate candidate, CancellationToken cancellationToken)
    {
        // Most registries have neither: one call for each of them.
        var isCandidate = candidate.Target.Topic is not null || await client.Tokens.FindAsync(candidate.Target.Registry, AzureNames.Token, cancellationToken) is not null;
        return isCandidate && await cleanup.PlanAsync(actor, identity, candidate.Target, beforeRemoval: false, cancellationToken) is { Deletes: true } plan ? new Leftover(plan, candidate.Subscription) : null;
    }

    private static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(
        IEnumerable<T> items, Func<T, string> name, Func<T, Task<TResult>> ask, ConcurrentBag<DiscoveryProblem> problems, CancellationToken cancellationToken)
    {
        var results = new ConcurrentBag<TResult>();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, _) =>
        {
            try
            {
                results.Add(await ask(item));
            }
            catch (ArmException exception)
            {
                problems.Add(new DiscoveryProblem(DisplayText.Sanitise(name(item), 100), exception.Message, exception.Remedy));
            }
        });
        return [.. results];
    }

    // SystemTopicName makes them of this beginning.
    private static bool IsOfScheme(string topic) => topic.Equals(AzureNames.SystemTopic, StringComparison.OrdinalIgnoreCase) || topic.StartsWith($"{AzureNames.SystemTopic}-", StringComparison.OrdinalIgnoreCase);

    private sealed record Candidate(string Subscription, CleanupTarget Target);
}

/// <param name="Problems">What could not be read, so that nobody takes it for nothing.</param>
/// <param name="Registries">How many were asked for.</param>
public sealed record Leftovers(IReadOnlyList<Leftover> Found, IReadOnlyList<DiscoveryProblem> Problems, int Registries)
{
    /// <summary>Whether there are more registries than are asked for.</summary>
    public bool IsCut { get; init; }
}

/// <param name="Subscription">In which it lies, as people call it.</param>
public sealed record Leftover(CleanupPlan Plan, string Subscription);
