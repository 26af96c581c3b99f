using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

public sealed class RealRegistryConnectionTests
{
    [Fact]
    public async Task ARealRegistryPassesEachStepAndTellsItsRefusalsApart()
    {
        await using var registry = await RegistryHost.StartAsync();
        using var layout = new OciLayout();
        layout.Add("v1", new OciImageBuilder().Layer("COPY hello /", ("hello", "world")));
        await registry.PushAsync(layout.Folder, "v1", "team/app");

        Assert.Null(await FirstFailureAsync(registry, RegistryHost.Password));
        Assert.Equal((ConnectionStage.Token, RegistryError.Unauthorized), await FirstFailureAsync(registry, "wrong"));
        registry.Tokens.ReaderMayPull = false;
        Assert.Equal((ConnectionStage.Manifest, RegistryError.PullDenied), await FirstFailureAsync(registry, RegistryHost.Password));
        registry.Tokens.ReaderMayList = false;
        Assert.Equal((ConnectionStage.Catalogue, RegistryError.CatalogDenied), await FirstFailureAsync(registry, RegistryHost.Password));
        registry.Tokens.ReaderDisabled = true;
        Assert.Equal((ConnectionStage.Token, RegistryError.TokenDisabled), await FirstFailureAsync(registry, RegistryHost.Password));
    }

    private static async Task<(ConnectionStage, RegistryError)?> FirstFailureAsync(RegistryHost registry, string password)
    {
        var test = new ConnectionTest(TestRegistryClient.Create(registry.AllowedHosts));
        await foreach (var step in test.RunAsync(registry.Sign(RegistryHost.TokenName, password), CancellationToken.None))
        {
            if (step is { State: ConnectionStepState.Failed, Error: { } error })
            {
                return (step.Stage, error);
            }
        }

        return null;
    }
}
