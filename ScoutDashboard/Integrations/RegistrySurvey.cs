using ScoutDashboard.Azure;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>All registries that an identity sees, over all its subscriptions.</summary>
/// <param name="Problems">What could not be read, so that nobody takes it for nothing.</param>
/// <param name="Subscriptions">How many the identity sees.</param>
internal sealed record RegistrySurvey(IReadOnlyList<(AzureRegistry Registry, string Subscription)> Found, IReadOnlyList<DiscoveryProblem> Problems, int Subscriptions)
{
    private const int AtOnce = 4;

    /// <summary>A sentence of what was not looked at; null where all was.</summary>
    public DiscoveryProblem? Gap => Problems is not [var first, ..] ? null
        : first with { Message = $"Not all subscriptions could be looked at{(first.Subscription is null ? "" : $", {Problems.Count} of {Subscriptions} not: {first.Subscription}")}. {first.Message}" };

    public static async Task<RegistrySurvey> TakeAsync(ArmClient client, CancellationToken cancellationToken)
    {
        IReadOnlyList<AzureSubscription> subscriptions;
        try
        {
            subscriptions = await client.Subscriptions.ListAsync(cancellationToken);
        }
        catch (ArmException exception)
        {
            return new RegistrySurvey([], [new DiscoveryProblem(null, exception.Message, exception.Remedy)], 0);
        }

        var found = new IReadOnlyList<AzureRegistry>[subscriptions.Count];
        var problems = new DiscoveryProblem?[subscriptions.Count];
        await Parallel.ForAsync(0, subscriptions.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, leaving) =>
        {
            try
            {
                found[index] = await client.Registries.ListAsync(subscriptions[index].Id, leaving);
            }
            catch (ArmException exception)
            {
                (found[index], problems[index]) = ([], new DiscoveryProblem(NameOf(subscriptions[index]), exception.Message, exception.Remedy));
            }
        });
        return new RegistrySurvey(
            [.. subscriptions.SelectMany((subscription, index) => found[index].Select(registry => (registry, NameOf(subscription))))], [.. problems.OfType<DiscoveryProblem>()], subscriptions.Count);
    }

    private static string NameOf(AzureSubscription subscription) => DisplayText.Sanitise(subscription.Name, 100) is { Length: > 0 } name ? name : subscription.Id.ToString();
}
