using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Analysis;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Repositories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Jobs;

/// <summary>An integration that has no token: all that reads its registry does so by the dashboard's identity.</summary>
public sealed class IdentityAnalysisTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly EntraDouble _entra = new(TimeProvider.System);
    private readonly AcrExchange _exchange = new(TimeProvider.System);
    private readonly AcrDouble _acr;
    private readonly Digest _image;
    private RegistryRig _rig = null!;

    public IdentityAnalysisTests()
    {
        _acr = new AcrDouble { Identities = _exchange };
        var config = Blob("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"""u8.ToArray());
        var layer = Blob(AnalyserRig.BaseLayer);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",{{config}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",{{layer}}}]}
            """);
        _image = Digest.Of(manifest);
        foreach (var reference in new[] { "v1", _image.Value })
        {
            _acr.Content[$"/v2/team/app/manifests/{reference}"] = (manifest, "application/vnd.oci.image.manifest.v1+json");
        }

        _acr.Tags = () => AcrDouble.Json($$"""{"tags":[{"name":"v1","digest":"{{_image.Value}}","lastUpdateTime":"2026-05-01T12:00:00.0000000Z"}]}""");
    }

    [Fact]
    public async Task ItsCatalogueIsListedItsTagsAreFoundAndItsLatestImageIsAnalysed()
    {
        var listed = await _rig.Get<CatalogSync>().SyncAsync(TestActor.Administrator, 1, new Progress<int>(), default);
        Assert.Equal((1, CatalogProblem.None, true), (listed.Found, listed.Problem, listed.IsByIdentity));
        await _rig.Get<Reconciler>().ReconcileAsync(1, default);
        Assert.Equal(["v1"], (await _rig.Jobs.TagsAsync()).Keys);
        await _rig.Jobs.Queue.EnqueueAsync(_rig.Jobs.RepositoryId, null, null, JobReason.Enabled, default);

        var result = await _rig.Get<AnalysisWork>().RunAsync((await _rig.Jobs.Ledger.ClaimAsync(default))!, new Progress<AnalysisProgress>(), default);

        Assert.Equal(JobState.Succeeded, result.State);
        await using var db = _rig.Jobs.Database.CreateDbContext();
        Assert.Equal(ImageState.Analysed, (await db.Images.SingleAsync()).State);
        Assert.Equal(["bash 5.2", "zlib 1.3"], await db.Components.OrderBy(c => c.Name).Select(c => $"{c.Name} {c.Version}").ToListAsync());
        Assert.Equal(1, _exchange.Exchanges);
        Assert.DoesNotContain(_acr.Requests, request => request.Authorization?.StartsWith("Basic", StringComparison.Ordinal) == true);
        Assert.All(_exchange.Asked, scope => Assert.Matches("^(registry:catalog:\\*|repository:team/app:(pull|metadata_read))$", scope));
    }

    [Fact]
    public async Task ALostRoleIsAnErrorOfTheIntegrationAndTheReturnOfItMendsThat()
    {
        _exchange.Roles.Clear();
        await _rig.Get<Reconciler>().ReconcileAsync(1, default);
        Assert.Equal((IntegrationState.Error, true), ((await _rig.IntegrationAsync()).State, (await _rig.IntegrationAsync()).StateReason?.Contains("does not accept the dashboard's identity", StringComparison.Ordinal)));

        _exchange.Roles.Add("AcrPull");
        await _rig.Get<Reconciler>().ReconcileAsync(1, default);
        Assert.Equal((IntegrationState.Connected, null), ((await _rig.IntegrationAsync()).State, (await _rig.IntegrationAsync()).StateReason));
    }

    [Fact]
    public async Task AnIdentityThatIsGoneCancelsNothingElseThanTheJob()
    {
        await _rig.Jobs.Queue.EnqueueAsync(_rig.Jobs.RepositoryId, _image, "v1", JobReason.Push, default);
        var job = (await _rig.Jobs.Ledger.ClaimAsync(default))!;
        _entra.Trouble = new global::Azure.Identity.CredentialUnavailableException("No managed identity endpoint found.");

        var failure = await Assert.ThrowsAsync<RegistryException>(() => _rig.Get<AnalysisWork>().RunAsync(job, new Progress<AnalysisProgress>(), default));

        Assert.Equal((RegistryError.NoIdentity, true), (failure.Error, failure.IsTransient));
        Assert.Equal(IntegrationState.Error, (await _rig.IntegrationAsync()).State);
    }

    public async Task InitializeAsync()
    {
        _rig = await RegistryRig.CreateAsync(services =>
        {
            services.AddSingleton(_entra.Clients()).AddSingleton(new AnalysisSetup(new AnalysisOptions(), new AnalysisLimits(), [new ListExtractor()]));
            services.AddHttpClient(RegistryHttp.ClientName).ConfigurePrimaryHttpMessageHandler(() => _acr);
        });
        await using var db = _rig.Jobs.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.ProtectedToken, (string?)null).SetProperty(i => i.UsesIdentity, true));
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _acr.Dispose();
    }

    private string Blob(byte[] content)
    {
        var digest = Digest.Of(content).Value;
        _acr.Content[$"/v2/team/app/blobs/{digest}"] = (content, "application/octet-stream");
        return $"\"digest\":\"{digest}\",\"size\":{content.Length}";
    }
}
