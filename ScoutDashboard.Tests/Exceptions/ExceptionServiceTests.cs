using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Exceptions.ExceptionRig;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionServiceTests : IAsyncLifetime
{
    private ExceptionRig _rig = null!;

    public async Task InitializeAsync() => _rig = await ExceptionRig.CreateAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task WhatIsMadeChangedAndEndedIsNotedWithWhoWhatAndWhy()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(scope: ExceptionScope.Image, package: "pkg:deb/debian/openssl@3.0.1", days: 30));
        Assert.Equal(("eve", ReportSeed.Now, "contoso.azurecr.io", "team/app", ReportSeed.DigestOf("same"), "pkg:deb/debian/openssl"),
            (rule.CreatedBy, rule.CreatedAt, rule.Registry, rule.Repository, rule.Digest, rule.Package));

        await _rig.Service.ChangeAsync(TestActor.Administrator, rule.Id, ExceptionStatement.Of(rule), new ExceptionStatement(ExceptionType.FalsePositive, VexJustification.VulnerableCodeNotPresent, "The code\nis not built.", null), default);
        await _rig.Service.EndAsync(TestActor.Editor, rule.Id, default);

        await using var db = _rig.Database.CreateDbContext();
        var place = $"contoso.azurecr.io/team/app@{rule.Digest}, pkg:deb/debian/openssl";
        Assert.Equal(
            [
                $"eve ExceptionCreated {First}: accepted risk, {place}, until 2026-07-15: No path leads there.",
                $"ada ExceptionChanged {First}: false positive (vulnerable_code_not_present), {place}, without end: The code is not built.",
                $"eve ExceptionEnded {First}: false positive (vulnerable_code_not_present), {place}, without end: The code is not built.",
            ],
            (await db.Audit.OrderBy(e => e.Id).ToListAsync()).Select(e => $"{e.Name} {e.Action} {e.Subject}: {e.Detail}"));
        var row = await db.Exceptions.SingleAsync();
        Assert.Equal(("ada", "eve", ReportSeed.Now), (row.ChangedBy, row.EndedBy, row.EndedAt));
    }

    [Fact]
    public async Task WhatCantBeRightIsRefusedWithItsReason()
    {
        var draft = _rig.Draft();
        var said = draft.Statement;
        var foreign = await _rig.Seed.ImageAsync(await _rig.Seed.ForeignRepositoryAsync(), "foreign");

        Assert.Equal(
            [
                ExceptionOutcome.DetailsMissing, ExceptionOutcome.DetailsTooLong, ExceptionOutcome.JustificationMissing, ExceptionOutcome.JustificationMissing, ExceptionOutcome.LastDayPassed,
                ExceptionOutcome.LastDayTooFar, ExceptionOutcome.VulnerabilityUnknown, ExceptionOutcome.ImageUnknown, ExceptionOutcome.ImageUnknown, ExceptionOutcome.PackageUnreadable,
            ],
            await Task.WhenAll(
                CreateAsync(draft with { Statement = said with { Details = " \n " } }), CreateAsync(draft with { Statement = said with { Details = new string('x', ExceptionService.MaxDetails + 1) } }),
                CreateAsync(draft with { Statement = said with { Type = ExceptionType.FalsePositive } }), CreateAsync(draft with { Statement = said with { Type = ExceptionType.FalsePositive, Justification = (VexJustification)99 } }),
                CreateAsync(draft with { Statement = said with { LastDay = new DateOnly(2026, 6, 14) } }), CreateAsync(draft with { Statement = said with { LastDay = new DateOnly(2036, 6, 16) } }),
                CreateAsync(draft with { VulnerabilityId = "CVE-2026-9999" }), CreateAsync(draft with { ImageId = null }), CreateAsync(draft with { ImageId = foreign }),
                CreateAsync(draft with { Package = "openssl" })));

        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal((0, 0), (await db.Exceptions.CountAsync(), await db.Audit.CountAsync()));
    }

    [Fact]
    public async Task AnotherForTheSameIsRefusedWhileOneApplies()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(days: 0));
        Assert.Equal(ExceptionOutcome.AlreadyThere, await CreateAsync(_rig.Draft()));
        Assert.Equal(ExceptionOutcome.Done, await CreateAsync(_rig.Draft(scope: ExceptionScope.Organization)));

        _rig.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(ExceptionOutcome.Done, await CreateAsync(_rig.Draft()));
        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.EndAsync(TestActor.Editor, rule.Id, default));
        Assert.Equal(ExceptionOutcome.Gone, await _rig.Service.EndAsync(TestActor.Editor, rule.Id, default));
        Assert.Equal(ExceptionOutcome.Gone, await _rig.Service.ChangeAsync(TestActor.Editor, rule.Id, ExceptionStatement.Of(rule), _rig.Draft().Statement, default));
    }

    [Fact]
    public async Task OneForAnythingElseIsNotTheSame()
    {
        var namesake = await _rig.Seed.ImageAsync(await _rig.Database.AddRepositoryAsync(hostname: "fabrikam.azurecr.io"), "same");
        await _rig.MakeAsync(_rig.Draft());

        foreach (var other in new[] { _rig.Draft(Second), _rig.Draft(scope: ExceptionScope.Image), _rig.Draft(package: "pkg:deb/debian/zlib"), _rig.Draft(image: _rig.Copy), _rig.Draft(image: namesake), _rig.Draft(scope: ExceptionScope.Organization) })
        {
            Assert.Equal(ExceptionOutcome.Done, await CreateAsync(other));
            Assert.Equal(ExceptionOutcome.AlreadyThere, await CreateAsync(other));
        }

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.CreateAsync(TestActor.Stranger, _rig.Draft(scope: ExceptionScope.Organization), default));
    }

    [Fact]
    public async Task WhatIsJustRightIsTakenAndAnAcceptedRiskHasNoJustification()
    {
        var said = new ExceptionStatement(ExceptionType.AcceptedRisk, VexJustification.ComponentNotPresent, new string('x', ExceptionService.MaxDetails), new DateOnly(2036, 6, 15));

        var rule = await _rig.MakeAsync(_rig.Draft() with { Statement = said });

        Assert.Equal(said with { Justification = null }, ExceptionStatement.Of(rule));
    }

    [Fact]
    public async Task OneThatIsEndedExpiresNoMore()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(days: 5));
        Assert.Equal(rule.ExpiresAt, await _rig.Lapse.RunAsync(default));

        await _rig.Service.EndAsync(TestActor.Editor, rule.Id, default);

        Assert.Null(await _rig.Lapse.RunAsync(default));
    }

    [Fact]
    public async Task OneThatExpiredIsNotRenewedBesideAnotherForTheSameNorBeyondTheMost()
    {
        var old = await _rig.MakeAsync(_rig.Draft(days: 0));
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        var other = await _rig.MakeAsync(_rig.Draft(days: 5));
        Assert.Equal(ExceptionOutcome.AlreadyThere, await RenewAsync(old));

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.EndAsync(TestActor.Editor, other.Id, default));
        var most = Enumerable.Range(0, ExceptionService.MaxInForce)
            .Select(n => new ExceptionRule { OrganizationId = 1, VulnerabilityId = $"CVE-2026-{n + 20000}", Details = "why", CreatedBy = "eve", CreatedAt = ReportSeed.Now }).ToList();
        await _rig.Seed.AddAsync([.. most]);
        Assert.Equal((ExceptionOutcome.TooMany, ExceptionOutcome.TooMany), (await RenewAsync(old), await CreateAsync(_rig.Draft())));
        // What applies already takes no more room.
        Assert.Equal(ExceptionOutcome.Done, await RenewAsync(most[0]));

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.EndAsync(TestActor.Editor, most[0].Id, default));
        Assert.Equal(ExceptionOutcome.Done, await RenewAsync(old));
        Assert.Equal(ExceptionOutcome.TooMany, await CreateAsync(_rig.Draft(Second)));
    }

    [Fact]
    public async Task WhoChangesWhatSomebodyElseChangedSinceTheyReadItOverwritesNothing()
    {
        var read = await _rig.MakeAsync(_rig.Draft(days: 5));
        var said = ExceptionStatement.Of(read);

        // Within one tick of the clock, each thing that an exception says.
        foreach (var theirs in new[] { said with { Details = "It is rebuilt." }, said with { LastDay = null }, said with { Type = ExceptionType.FalsePositive, Justification = VexJustification.ComponentNotPresent }, said with { Type = ExceptionType.FalsePositive, Justification = VexJustification.InlineMitigationsAlreadyExist } })
        {
            Assert.Equal(ExceptionOutcome.Done, await ChangeAsync(TestActor.Administrator, theirs));
            Assert.Equal(ExceptionOutcome.ChangedMeanwhile, await _rig.Service.ChangeAsync(TestActor.Editor, read.Id, said, said with { Details = "Mine." }, default));
            var now = (await _rig.Service.FindAsync(1, read.Id, default))!;
            Assert.Equal((theirs, "ada"), (ExceptionStatement.Of(now), now.ChangedBy));
        }

        Assert.Equal(ExceptionOutcome.Done, await ChangeAsync(TestActor.Editor, said with { Details = "Mine." }));
        Assert.Null(await _rig.Service.FindAsync(2, read.Id, default));

        async Task<ExceptionOutcome> ChangeAsync(Actor actor, ExceptionStatement statement) =>
            await _rig.Service.ChangeAsync(actor, read.Id, ExceptionStatement.Of((await _rig.Service.FindAsync(1, read.Id, default))!), statement, default);
    }

    [Fact]
    public async Task AnotherOrganizationsExceptionsAreNeitherChangedNorEndedNorDoTheyApply()
    {
        var rule = await _rig.MakeAsync(_rig.Draft());
        Assert.Equal(ExceptionOutcome.Gone, await _rig.Service.EndAsync(TestActor.Stranger, rule.Id, default));
        Assert.Equal(ExceptionOutcome.Gone, await _rig.Service.ChangeAsync(TestActor.Stranger, rule.Id, ExceptionStatement.Of(rule), _rig.Draft().Statement, default));

        Assert.Equal(ExceptionOutcome.Done, await _rig.Service.CreateAsync(TestActor.Stranger, _rig.Draft(Second, ExceptionScope.Organization), default));
        await _rig.CountAsync(all: true);
        Assert.Equal((0, 0, 1, 1, 0), await _rig.CountsAsync(_rig.App));
    }

    [Theory]
    [InlineData(ExceptionScope.Image, null, 2, 1, 1)]
    [InlineData(ExceptionScope.Repository, null, 2, 1, 1)]
    [InlineData(ExceptionScope.Organization, null, 4, 2, 2)]
    [InlineData(ExceptionScope.Organization, "pkg:deb/debian/zlib@9", 2, 2, 2)]
    [InlineData(ExceptionScope.Organization, "pkg:deb/debian/zlib1g", 0, 0, 0)]
    public async Task ThePreviewTellsWhatItWouldCover(ExceptionScope scope, string? package, int findings, int images, int latest)
    {
        Assert.Equal(new ExceptionReach(findings, images, latest), await _rig.Service.PreviewAsync(1, _rig.Draft(scope: scope, package: package), default));
        Assert.Null(await _rig.Service.PreviewAsync(2, _rig.Draft(), default));
    }

    [Fact]
    public async Task TheNameOfAMemberWhoWasRemovedStays()
    {
        await _rig.MakeAsync(_rig.Draft());

        await using var db = _rig.Database.CreateDbContext();
        await db.Users.Where(u => u.Id == TestActor.Editor.AccountId).ExecuteDeleteAsync();

        Assert.Equal("eve", (await db.Exceptions.SingleAsync()).CreatedBy);
    }

    private Task<ExceptionOutcome> RenewAsync(ExceptionRule rule) => _rig.Service.ChangeAsync(TestActor.Editor, rule.Id, ExceptionStatement.Of(rule), _rig.Draft(days: 9).Statement, default);

    private Task<ExceptionOutcome> CreateAsync(ExceptionDraft draft) => _rig.Service.CreateAsync(TestActor.Editor, draft, default);
}
