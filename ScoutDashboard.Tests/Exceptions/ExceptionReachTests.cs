using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Reports;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

/// <summary>
/// What the preview and the page of exceptions count, among images of every kind: besides the two of the rig an older one of team/app with openssl at two places, one that was deleted,
/// the image of an index, and those of a repository that is not enabled, of a registry that was removed, of another registry's team/app, and of another organization.
/// </summary>
public sealed class ExceptionReachTests : IAsyncLifetime
{
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await CreateAsync();
        var (seed, database) = (_rig.Seed, _rig.Database);
        // Its name begins as that of the package that is asked about.
        var provider = await seed.ComponentAsync("openssl-provider", "3.0.1");
        await seed.FindingAsync(provider, First, SeverityLevel.High);
        await seed.PackagesAsync(_rig.Copy, 1, (provider, "var/lib/dpkg/status"));
        await using var db = database.CreateDbContext();
        var app = (await db.Images.SingleAsync(i => i.Id == _rig.App)).RepositoryId;
        var old = await seed.ImageAsync(app, "old");
        var deleted = await seed.ImageAsync(app, "deleted");
        var multi = await database.AddRepositoryAsync("team/multi");
        var child = await seed.ImageAsync(multi, "child");
        await seed.EntryAsync(await seed.ImageAsync(multi, "index", ImageKind.Index, latest: true), child);
        var off = await seed.ImageAsync(await database.AddRepositoryAsync("team/off", enabled: false), "off", latest: true);
        var gone = await seed.ImageAsync(await database.AddRepositoryAsync("team/gone", hostname: "gone.azurecr.io"), "gone", latest: true);
        var namesake = await seed.ImageAsync(await database.AddRepositoryAsync(hostname: "fabrikam.azurecr.io"), "same", latest: true);
        var foreign = await seed.ImageAsync(await seed.ForeignRepositoryAsync(), "foreign", latest: true);
        foreach (var image in new[] { old, deleted, child, off, gone, namesake, foreign })
        {
            await seed.PackagesAsync(image, 0, (_rig.OpenSsl, "var/lib/dpkg/status"), (_rig.OpenSsl, "opt/var/lib/dpkg/status"));
        }

        await db.Images.Where(i => i.Id == deleted).ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, ReportSeed.Now));
        await db.Integrations.Where(i => i.Hostname == "gone.azurecr.io").ExecuteUpdateAsync(set => set.SetProperty(i => i.RemovedAt, ReportSeed.Now));
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(ExceptionScope.Organization, 7, 4)]
    [InlineData(ExceptionScope.Repository, 2, 1)]
    [InlineData(ExceptionScope.Image, 1, 1)]
    public async Task ThePreviewAndThePageCountWhatIsThereAndWhatIsLatest(ExceptionScope scope, int images, int latest)
    {
        var draft = _rig.Draft(scope: scope, package: "pkg:deb/debian/openssl");

        Assert.Equal(new ExceptionReach(images, images, latest), await _rig.Service.PreviewAsync(1, draft, default));
        await _rig.MakeAsync(draft);
        Assert.Equal(
            new CoveredLatest(latest, latest),
            Assert.Single((await new ExceptionsReport(_rig.Database, _rig.Clock).ListAsync(1, new ExceptionFilter(), new PageRequest(1, 50), default)).Rows).Covered);
    }
}
