using Xunit.Abstractions;

[assembly: TestCollectionOrderer("ScoutDashboard.Tests.LongestFirst", "ScoutDashboard.Tests")]

namespace ScoutDashboard.Tests;

/// <summary>Begins with the classes that take minutes, most of them waiting for a process: begun last, each would keep the whole run waiting alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(EndToEnd.KillTests), nameof(EndToEnd.AzureKillTests), nameof(EndToEnd.RotationKillTests), nameof(Analysis.Layers.LayerMutationTests), nameof(Findings.MatchingOracleTests), nameof(EndToEnd.RegistryFaultTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Array.Exists(Long, name => collection.DisplayName.Contains($".{name} ", StringComparison.Ordinal) || collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal)));
}
