using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Webhook;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Retention;

public sealed class RetentionTests
{
    [Fact]
    public async Task WhatNoTagLeadsToGoesAfterItsTimeAndAllThatATagLeadsToStays()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var (kept, gone) = await FamiliesAsync(rig);

        await rig.RunAfterAsync(days: 29);
        Assert.Equal(kept.Concat(gone).Order(), await rig.ImagesAsync());

        rig.Jobs.Clock.Advance(TimeSpan.FromDays(1));
        var run = await rig.RunAsync();

        Assert.Equal(kept.Order(), await rig.ImagesAsync());
        Assert.Equal(gone.Length, run.Images);
        Assert.Equal(0, (await rig.RunAsync()).Images);
    }

    [Fact]
    public async Task WhatOnlyARemovedImageHadGoesWithItAndWhatAnotherHasStays()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var (kept, gone) = (await ImageAsync(rig, "kept", tag: "v2"), await ImageAsync(rig, "gone"));
        await rig.Seed.LayersAsync(kept, "base", "-", "new");
        await rig.Seed.LayersAsync(gone, "base", "-", "old");
        var (shared, own, told) = (await rig.Seed.ComponentAsync("shared"), await rig.Seed.ComponentAsync("own"), await rig.Seed.ComponentAsync("told"));
        await rig.Seed.PackagesAsync(kept, 0, (shared, "a"));
        await rig.Seed.PackagesAsync(gone, 0, (shared, "b"), (own, "c"));
        await rig.Seed.PackagesAsync(gone, 1, (told, "d"));
        await rig.Seed.FindingAsync(shared, "CVE-1", SeverityLevel.High);
        await rig.Seed.FindingAsync(own, "CVE-2", SeverityLevel.High);
        await rig.Seed.AddAsync(new FindingCve { FindingId = await rig.AskAsync(db => db.Findings.Where(f => f.ComponentId == own).Select(f => f.Id).SingleAsync()), Cve = "CVE-3" });
        await rig.Seed.AddAsync(new ImageAttestations { ImageId = gone, Content = "{}" }, Change(own, null, null), Change(told, rig.Jobs.RepositoryId, gone));
        var old = Start.AddDays(-3);
        await rig.Seed.AddAsync(Scan("base", rig.Setup.ExtractorSet, old), Scan("base", "of yesterday", old), Scan("old", rig.Setup.ExtractorSet, old), Scan("under way", rig.Setup.ExtractorSet, Start.AddDays(30)));

        var run = await rig.RunAfterAsync(days: 30);

        Assert.Equal((1, 1, 1), (run.Images, run.Components, run.Layers));
        Assert.Equal([kept], await rig.ImagesAsync());
        Assert.Equal(["shared", "told"], await rig.AskAsync(db => db.Components.OrderBy(c => c.Id).Select(c => c.Name).ToListAsync()));
        Assert.Equal("CVE-1", await rig.AskAsync(db => db.Findings.Select(f => f.VulnerabilityId).SingleAsync()));
        Assert.Equal((0, 0, 1, 1, 3), await rig.AskAsync(async db => (await db.FindingCves.CountAsync(), await db.ImageAttestations.CountAsync(), await db.PackageSets.CountAsync(), await db.PackageSetComponents.CountAsync(), await db.ImageLayers.CountAsync())));
        // The repository's history goes on telling what happened.
        var change = await rig.AskAsync(db => db.FindingChanges.SingleAsync());
        Assert.Equal((told, rig.Jobs.RepositoryId, null), (change.ComponentId, change.RepositoryId, change.ImageId));
        // The first look took what other extractors had made, the second what no image has any more.
        Assert.Equal(["base", "under way"], await rig.AskAsync(async db => (await db.Layers.OrderBy(l => l.Id).Select(l => l.BlobDigest).ToListAsync()).ConvertAll(d => d == ReportSeed.DigestOf("base") ? "base" : d == ReportSeed.DigestOf("under way") ? "under way" : d)));
    }

    [Theory]
    [InlineData("never", "never", false, false)]
    [InlineData("10.00:00:00", "never", true, false)]
    [InlineData("never", "10.00:00:00", false, true)]
    [InlineData("11.00:00:00", "10.00:00:00", false, true)]
    public async Task UntaggedAndDeletedImagesHaveEachTheirOwnTime(string untagged, string deleted, bool untaggedGoes, bool deletedGoes)
    {
        Assert.True(KeepTime.TryParse(untagged, out var untaggedTime) & KeepTime.TryParse(deleted, out var deletedTime));
        await using var rig = await RetentionRig.CreateAsync(new RetentionOptions { UntaggedImages = untaggedTime, DeletedImages = deletedTime });
        var (one, other) = (await ImageAsync(rig, "untagged"), await ImageAsync(rig, "deleted", tag: "v1"));
        await rig.Jobs.ApplyAsync(new Deletion(rig.Jobs.RepositoryId, Digest.Parse(ReportSeed.DigestOf("deleted")), Start));

        await rig.RunAfterAsync(days: 10);

        Assert.Equal(new[] { (Id: one, Goes: untaggedGoes), (Id: other, Goes: deletedGoes) }.Where(image => !image.Goes).Select(image => image.Id), await rig.ImagesAsync());
    }

    [Fact]
    public async Task ATagThatComesBackStartsTheTimeAnewAtOnce()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var index = await ImageAsync(rig, "index", kind: ImageKind.Index);
        var child = await ImageAsync(rig, "child");
        await rig.Seed.EntryAsync(index, child);
        await rig.RunAfterAsync(days: 29);

        await PushAsync(rig, "index", "v1");
        Assert.Equal(0, await rig.AskAsync(db => db.Images.CountAsync(i => i.UntaggedAt != null)));
        await ImageAsync(rig, "next");
        await PushAsync(rig, "next", "v1");
        await rig.RunAfterAsync(days: 29);

        Assert.Equal(3, (await rig.ImagesAsync()).Length);
        await rig.RunAfterAsync(days: 1);
        Assert.Single(await rig.ImagesAsync());
    }

    // As after an update, which brings the looking.
    [Fact]
    public async Task AnImageThatWasDeletedLongBeforeThatWasNoticedStaysUntilItsPageCouldSaySo()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var image = await ImageAsync(rig, "deleted");
        await rig.AskAsync(db => db.Images.ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, Start.AddDays(-60))));

        await rig.RunAfterAsync(days: 29);
        Assert.Equal([image], await rig.ImagesAsync());

        rig.Jobs.Clock.Advance(TimeSpan.FromDays(1));
        await rig.RunAsync();
        Assert.Empty(await rig.ImagesAsync());
    }

    [Fact]
    public async Task ADeletedImageThatIsPushedAgainWithoutATagStartsTheTimeOfUntaggedOnesAnew()
    {
        await using var rig = await RetentionRig.CreateAsync(new RetentionOptions { DeletedImages = KeepTime.OfDays(90) });
        var image = await ImageAsync(rig, "deleted");
        await rig.Jobs.ApplyAsync(new Deletion(rig.Jobs.RepositoryId, Digest.Parse(ReportSeed.DigestOf("deleted")), Start));
        await rig.RunAfterAsync(days: 60);

        await PushAsync(rig, "deleted", null);
        await rig.RunAfterAsync(days: 29);

        Assert.Equal([image], await rig.ImagesAsync());
    }

    [Fact]
    public async Task AnImageThatComesBackIsAnalysedAnew()
    {
        await using var rig = await RetentionRig.CreateAsync();
        await ImageAsync(rig, "back");
        Assert.Equal(ChangeOutcome.AlreadyAnalysed, await PushAsync(rig, "back", "v1"));
        await rig.Jobs.InTransactionAsync(db => db.Tags.ExecuteDeleteAsync());
        await rig.RunAfterAsync(days: 30);

        Assert.Equal(ChangeOutcome.Queued, await PushAsync(rig, "back", "v2"));
    }

    [Theory]
    [InlineData(JobState.Queued, false)]
    [InlineData(JobState.Running, false)]
    [InlineData(JobState.Failed, true)]
    public async Task AnImageThatIsWaitedForStays(JobState state, bool goes)
    {
        await using var rig = await RetentionRig.CreateAsync();
        await ImageAsync(rig, "waited for");
        await rig.Seed.AddAsync(new AnalysisJob { RepositoryId = rig.Jobs.RepositoryId, Digest = ReportSeed.DigestOf("waited for"), State = state });

        await rig.RunAfterAsync(days: 31);

        Assert.Equal(goes ? 0 : 1, (await rig.ImagesAsync()).Length);
    }

    [Fact]
    public async Task AnImageStaysUntilWhatTheNextOneChangedIsWrittenDown()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var (before, latest) = (await ImageAsync(rig, "before"), await ImageAsync(rig, "latest", tag: "v2"));
        await SetAsync(latest, before);
        await rig.RunAfterAsync(days: 40);
        Assert.Equal([before, latest], await rig.ImagesAsync());

        await SetAsync(latest, latest);
        await rig.RunAsync();
        Assert.Equal([latest], await rig.ImagesAsync());

        Task SetAsync(long newest, long compared) => rig.AskAsync(db => db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.LatestImageId, newest).SetProperty(r => r.ComparedImageId, compared)));
    }

    [Fact]
    public async Task JobsThatEndedAndEventsGoAfterTheirTimeAndNoOthers()
    {
        await using var rig = await RetentionRig.CreateAsync();
        var now = Start;
        foreach (var (name, state, ended) in new[] { ("done", JobState.Succeeded, now), ("failed", JobState.Failed, now), ("cancelled", JobState.Cancelled, now), ("waits", JobState.Queued, (DateTime?)null), ("fresh", JobState.Succeeded, now.AddDays(1)) })
        {
            await rig.Seed.AddAsync(new AnalysisJob { RepositoryId = rig.Jobs.RepositoryId, Tag = name, State = state, CreatedAt = now.AddDays(-1), FinishedAt = ended });
        }

        foreach (var day in new[] { 0, 59, 60, 61 })
        {
            await rig.Seed.AddAsync(new RegistryEvent { IntegrationId = 1, EventId = $"{day}", ReceivedAt = now.AddDays(day), OccurredAt = now, Outcome = "" });
        }

        rig.Jobs.Clock.Advance(TimeSpan.FromDays(90));
        var run = await rig.RunAsync();

        Assert.Equal((3, 3), (run.Jobs, run.Events));
        Assert.Equal(["waits", "fresh"], (await rig.Jobs.JobsAsync()).Select(j => j.Tag));
        Assert.Equal("61", await rig.AskAsync(db => db.Events.Select(e => e.EventId).SingleAsync()));
    }

    [Fact]
    public async Task AnEventThatEventGridSendsAgainAfterADayIsRecognisedAtTheShortestTime()
    {
        var shortest = new RetentionOptions { Events = KeepTime.OfDays(2), DeletedImages = new KeepTime(TimeSpan.FromSeconds(1)), UntaggedImages = new KeepTime(TimeSpan.FromSeconds(1)), Jobs = new KeepTime(TimeSpan.FromSeconds(1)) };
        await using var rig = await RetentionRig.CreateAsync(shortest);
        var store = new EventStore(rig.Jobs.Database, rig.Jobs.Changes, new WebhookOptions(), rig.Jobs.Clock);
        DeliveredEvent pushed = new("one", RegistryEventKind.ImagePushed, "team/app", "v1", DigestOf(1), Start), deleted = new("two", RegistryEventKind.ImageDeleted, "team/app", null, DigestOf(1), Start.AddMinutes(1));
        Assert.Equal(1, await store.StoreAsync([new Delivery(1, [pushed, deleted])], CancellationToken.None));

        rig.Jobs.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal((0, 1), await rig.RunAsync() is var run ? (run.Events, run.Jobs) : default);

        Assert.Equal(0, await store.StoreAsync([new Delivery(1, [pushed])], CancellationToken.None));
        // Nor does a push that comes late for the first time bring back what was deleted since.
        Assert.Equal(0, await store.StoreAsync([new Delivery(1, [pushed with { Id = "three" }])], CancellationToken.None));
        Assert.Empty(await rig.Jobs.JobsAsync());
    }

    [Fact]
    public async Task EachRemovalHasItsLineInTheAuditLogAndOpenPagesHearOfIt()
    {
        await using var rig = await RetentionRig.CreateAsync();
        await rig.Seed.AddAsync([.. Enumerable.Range(0, 120).Select(n => new Image { RepositoryId = rig.Jobs.RepositoryId, Digest = ReportSeed.DigestOf($"{n}"), State = ImageState.Failed })]);
        var heard = 0;
        using var subscription = rig.Changes.Subscribe(() => heard++);

        Assert.Equal(120, (await rig.RunAfterAsync(days: 30)).Images);

        var lines = await rig.AskAsync(db => db.Audit.OrderBy(e => e.Id).ToListAsync());
        Assert.Equal(["50 images, untagged or deleted", "50 images, untagged or deleted", "20 images, untagged or deleted"], lines.Select(line => line.Detail));
        Assert.All(lines, line => Assert.Equal((AuditAction.AnalysesRemoved, 1, "ScoutDashboard", "contoso.azurecr.io/team/app", null), (line.Action, line.OrganizationId, line.Name, line.Subject, line.AccountId)));
        Assert.Equal(1, heard);
    }

    // Of each kind of family, what a tag leads to and what none does.
    private static async Task<(long[] Kept, long[] Gone)> FamiliesAsync(RetentionRig rig)
    {
        var (tagged, untagged) = (await ImageAsync(rig, "tagged", tag: "v1"), await ImageAsync(rig, "untagged"));
        var (index, oldIndex) = (await ImageAsync(rig, "index", ImageKind.Index, "v2"), await ImageAsync(rig, "old index", ImageKind.Index));
        var (both, onlyOld, onlyNew) = (await ImageAsync(rig, "both"), await ImageAsync(rig, "only old"), await ImageAsync(rig, "only new"));
        await rig.Seed.EntryAsync(index, both, onlyNew);
        await rig.Seed.EntryAsync(oldIndex, both, onlyOld);
        // Deeper ones were stored before what holds them, so that one look in order of rows would not do.
        var (leaf, inner) = (await ImageAsync(rig, "leaf"), await ImageAsync(rig, "inner", ImageKind.Index));
        var outer = await ImageAsync(rig, "outer", ImageKind.Index, "v3");
        await rig.Seed.EntryAsync(inner, leaf);
        await rig.Seed.EntryAsync(outer, inner);
        var (oldLeaf, oldInner) = (await ImageAsync(rig, "old leaf"), await ImageAsync(rig, "old inner", ImageKind.Index));
        var oldOuter = await ImageAsync(rig, "old outer", ImageKind.Index);
        await rig.Seed.EntryAsync(oldInner, oldLeaf);
        await rig.Seed.EntryAsync(oldOuter, oldInner);
        // The same digest in another repository has another tag.
        var elsewhere = await rig.Seed.ImageAsync(await rig.Jobs.Database.AddRepositoryAsync("other/app"), "untagged", tag: "v1");
        var signature = await ImageAsync(rig, "signature", ImageKind.Artifact, "sha256-1.sig");
        return ([tagged, index, both, onlyNew, leaf, inner, outer, elsewhere, signature], [untagged, oldIndex, onlyOld, oldLeaf, oldInner, oldOuter]);
    }

    private static Task<long> ImageAsync(RetentionRig rig, string name, ImageKind kind = ImageKind.Image, string? tag = null) => rig.Seed.ImageAsync(rig.Jobs.RepositoryId, name, kind, tag: tag, daysOld: 100);

    private static Task<ChangeOutcome> PushAsync(RetentionRig rig, string name, string? tag) => rig.Jobs.ApplyAsync(
        new Push(rig.Jobs.RepositoryId, tag, Digest.Parse(ReportSeed.DigestOf(name)), rig.Jobs.Clock.GetUtcNow().UtcDateTime.AddTicks(_tick++), JobReason.Push));

    private static long _tick;

    private static FindingChange Change(long component, long? repository, long? image) => new()
    {
        At = Start, ComponentId = component, RepositoryId = repository, ImageId = image, VulnerabilityId = "CVE-2", AdvisoryId = "A", Cause = ChangeCause.AdvisoryNew,
    };

    private static Layer Scan(string blob, string extractors, DateTime at) => new() { BlobDigest = ReportSeed.DigestOf(blob), ExtractorSet = extractors, Scan = [1], ScannedAt = at };
}
