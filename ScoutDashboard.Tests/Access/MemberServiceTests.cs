using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class MemberServiceTests : IAsyncLifetime
{
    private static readonly Uri Issuer = new("https://issuer.example");

    private TestDatabase _database = null!;
    private MemberService _members = null!;

    [Fact]
    public async Task ARoleIsChangedAndTheAuditLogTellsFromWhatToWhat()
    {
        Assert.Equal(MemberOutcome.Done, await _members.ChangeRoleAsync(TestActor.Administrator, TestActor.Viewer.AccountId, MemberRole.Editor, true, default));

        await using var db = _database.CreateDbContext();
        Assert.Equal(MemberRole.Editor, (await db.Users.SingleAsync(a => a.UserName == "vic")).Role);
        var line = await db.Audit.SingleAsync();
        Assert.Equal((AuditAction.RoleChanged, "ada", "vic", "Viewer → Editor"), (line.Action, line.Name, line.Subject, line.Detail));
    }

    [Fact]
    public async Task TheLastAdministratorCanNeitherStepDownNorBeRemoved()
    {
        var ada = TestActor.Administrator;
        Assert.Equal(MemberOutcome.LastAdministrator, await _members.ChangeRoleAsync(ada, ada.AccountId, MemberRole.Editor, true, default));
        Assert.Equal(MemberOutcome.LastAdministrator, await _members.RemoveAsync(ada, ada.AccountId, true, default));

        await _members.ChangeRoleAsync(ada, TestActor.Editor.AccountId, MemberRole.Administrator, true, default);
        Assert.Equal(MemberOutcome.Done, await _members.ChangeRoleAsync(ada, ada.AccountId, MemberRole.Editor, true, default));
        await Assert.ThrowsAsync<ForbiddenException>(() => _members.ChangeRoleAsync(ada, ada.AccountId, MemberRole.Administrator, true, default));
    }

    [Theory]
    [InlineData(29, true, MemberOutcome.Done)]
    [InlineData(31, true, MemberOutcome.LastAdministrator)]
    [InlineData(0, false, MemberOutcome.LastAdministrator)]
    public async Task AnAdministratorByTheIssuerWhoHasNotSignedInForLongOrCannotIsNoneToLeaveItTo(int days, bool isOn, MemberOutcome outcome)
    {
        _members = new MemberService(_database, new SingleSignOnOptions { Authority = isOn ? Issuer : null }, TimeProvider.System);
        var (ada, eve) = (TestActor.Administrator, TestActor.Editor);
        await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Administrator, true, default);
        await using var db = _database.CreateDbContext();
        db.UserLogins.Add(new() { UserId = eve.AccountId, LoginProvider = "https://issuer.example", ProviderKey = "1" });
        await db.SaveChangesAsync();
        await db.Users.Where(a => a.Id == eve.AccountId).ExecuteUpdateAsync(set => set.SetProperty(a => a.LastSignInAt, DateTime.UtcNow.AddDays(-days)));

        Assert.Equal(outcome, await _members.ChangeRoleAsync(ada, ada.AccountId, MemberRole.Viewer, true, default));
    }

    [Theory]
    [InlineData(true, MemberOutcome.Done)]
    [InlineData(false, MemberOutcome.LastAdministrator)]
    public async Task AnAdministratorWithAPasswordIsNoneToLeaveItToWherePasswordsAreOff(bool localSignIn, MemberOutcome outcome)
    {
        var (ada, eve) = (TestActor.Administrator, TestActor.Editor);
        _members = new MemberService(_database, new SingleSignOnOptions { Authority = Issuer, LocalSignIn = localSignIn }, TimeProvider.System);
        await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Administrator, true, default);

        Assert.Equal(outcome, await _members.RemoveAsync(ada, ada.AccountId, true, default));
    }

    [Fact]
    public async Task TwoAdministratorsWhoDemoteEachOtherAtOnceLeaveOne()
    {
        var (ada, eve) = (TestActor.Administrator, TestActor.Editor);
        await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Administrator, true, default);

        await Task.WhenAll(TryAsync(ada, eve), TryAsync(eve, ada));

        await using var db = _database.CreateDbContext();
        Assert.Equal(1, await db.Users.CountAsync(a => a.OrganizationId == 1 && a.Role == MemberRole.Administrator));

        async Task TryAsync(Actor by, Actor of)
        {
            try
            {
                await _members.ChangeRoleAsync(by, of.AccountId, MemberRole.Viewer, true, default);
            }
            catch (ForbiddenException)
            {
                Assert.NotEqual(by, of);
            }
        }
    }

    [Fact]
    public async Task RemovingAMemberEndsTheirSessionsAndKeepsWhatTheyDid()
    {
        await _members.ChangeRoleAsync(TestActor.Administrator, TestActor.Editor.AccountId, MemberRole.Administrator, true, default);
        await _members.ChangeRoleAsync(TestActor.Editor, TestActor.Viewer.AccountId, MemberRole.Editor, true, default);

        Assert.Equal(MemberOutcome.Done, await _members.RemoveAsync(TestActor.Administrator, TestActor.Editor.AccountId, true, default));

        await using var db = _database.CreateDbContext();
        Assert.False(await db.Sessions.AnyAsync(s => s.AccountId == TestActor.Editor.AccountId));
        Assert.Equal(["ada", "eve", "ada"], await db.Audit.OrderBy(e => e.Id).Select(e => e.Name).ToListAsync());
        Assert.Equal(["ada", "vic"], (await _members.ListAsync(TestActor.Administrator, default)).Select(member => member.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoIsNoAdministratorAnyMoreLeavesNoLinkToComeBackBy(bool isRemoved)
    {
        var (ada, eve) = (TestActor.Administrator, TestActor.Editor);
        await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Administrator, true, default);
        await using (var db = _database.CreateDbContext())
        {
            db.Invitations.AddRange(Invitation(1, "eve"), Invitation(2, "ada"));
            await db.SaveChangesAsync();
        }

        Assert.Equal(MemberOutcome.Done, isRemoved ? await _members.RemoveAsync(ada, eve.AccountId, true, default) : await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Viewer, true, default));

        await using var after = _database.CreateDbContext();
        Assert.Equal("ada", (await after.Invitations.SingleAsync()).InvitedBy);
        Assert.Equal("for eve", (await after.Audit.SingleAsync(e => e.Action == AuditAction.InvitationRevoked)).Subject);

        static Invitation Invitation(byte number, string by) => new()
        {
            OrganizationId = 1, TokenHash = [number], Role = MemberRole.Administrator, Note = $"for {by}", InvitedBy = by, CreatedAt = DateTime.UtcNow, ExpiresAt = DateTime.UtcNow.AddDays(7),
        };
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task TheKeysOfWhoIsNoAdministratorAnyMoreEndIfThatIsWanted(bool isRemoved, bool revokes)
    {
        var (ada, eve) = (TestActor.Administrator, TestActor.Editor);
        await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Administrator, true, default);
        var keys = new ApiKeyService(_database, TimeProvider.System);
        var (hers, mine) = (await keys.CreateAsync(eve, "build", ApiScopes.Exports, 30, default), await keys.CreateAsync(ada, "report", ApiScopes.Exports, 30, default));
        Assert.Equal([("ada", 1), ("eve", 1), ("vic", 0)], (await _members.ListAsync(ada, default)).Select(member => (member.Name, member.ApiKeys)));

        Assert.Equal(MemberOutcome.Done, isRemoved ? await _members.RemoveAsync(ada, eve.AccountId, revokes, default) : await _members.ChangeRoleAsync(ada, eve.AccountId, MemberRole.Viewer, revokes, default));

        Assert.Equal(revokes, await keys.UseAsync(hers, "", default) is null);
        Assert.NotNull(await keys.UseAsync(mine, "", default));
        await using var db = _database.CreateDbContext();
        Assert.Equal(revokes ? ["build"] : [], await db.Audit.Where(e => e.Action == AuditAction.ApiKeyRevoked).Select(e => e.Subject).ToListAsync());
        Assert.Equal(eve.AccountId, (await db.Audit.OrderBy(e => e.Id).LastAsync(e => e.Action == (isRemoved ? AuditAction.MemberRemoved : AuditAction.RoleChanged))).SubjectAccountId);
    }

    [Fact]
    public async Task ASessionThatWasIdleForTooLongAllowsNothingAlsoFromAnOpenPage()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        var session = await new SessionService(_database, clock).OpenAsync(TestActor.Administrator.AccountId, "test", "192.0.2.7", endsAt: null, proof: null, default);
        var actor = TestActor.Administrator with { SessionId = session };
        await using var db = _database.CreateDbContext();
        clock.Advance(AccountSession.Lifetime);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, default);

        clock.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<ForbiddenException>(() => MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, default));
        await Assert.ThrowsAsync<ForbiddenException>(() => new MemberService(_database, new SingleSignOnOptions(), clock).EndSessionsAsync(actor, TestActor.Viewer.AccountId, default));
    }

    [Fact]
    public async Task ARoleThatDoesNotExistIsNeitherGivenNorBelieved()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _members.ChangeRoleAsync(TestActor.Administrator, TestActor.Viewer.AccountId, (MemberRole)99, true, default));

        await using var db = _database.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"UPDATE AspNetUsers SET Role = '99' WHERE Id = {TestActor.Viewer.AccountId}");
        await Assert.ThrowsAsync<ForbiddenException>(() => MemberChange.DemandAsync(db, TestActor.Viewer, MemberRole.Viewer, TimeProvider.System, default));
    }

    [Fact]
    public async Task EndingAMembersSessionsTakesTheirRightAtOnce()
    {
        Assert.Equal(MemberOutcome.Done, await _members.EndSessionsAsync(TestActor.Administrator, TestActor.Editor.AccountId, default));

        await using var db = _database.CreateDbContext();
        await Assert.ThrowsAsync<ForbiddenException>(() => MemberChange.DemandAsync(db, TestActor.Editor, MemberRole.Viewer, TimeProvider.System, default));
    }

    [Fact]
    public async Task MembersOfAnotherOrganizationAreOutOfReach()
    {
        Assert.Equal(MemberOutcome.Gone, await _members.ChangeRoleAsync(TestActor.Stranger, TestActor.Viewer.AccountId, MemberRole.Administrator, true, default));
        Assert.Equal(MemberOutcome.Gone, await _members.RemoveAsync(TestActor.Stranger, TestActor.Viewer.AccountId, true, default));
        Assert.Equal(MemberOutcome.Gone, await _members.EndSessionsAsync(TestActor.Stranger, TestActor.Viewer.AccountId, default));
        Assert.Equal(["sam"], (await _members.ListAsync(TestActor.Stranger, default)).Select(member => member.Name));
    }

    [Fact]
    public async Task SomebodyEndsTheirOtherSessionsButNeverThisOneNorThoseOfOthers()
    {
        var sessions = new SessionService(_database, new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        var other = await sessions.OpenAsync(TestActor.Viewer.AccountId, "Mozilla/5.0 \u202e", "192.0.2.8", endsAt: null, proof: null, default);
        var third = await sessions.OpenAsync(TestActor.Viewer.AccountId, "curl/8", "192.0.2.8", endsAt: null, proof: null, default);

        await sessions.EndOthersAsync(TestActor.Viewer, TestActor.Editor.SessionId, default);
        await sessions.EndOthersAsync(TestActor.Viewer, TestActor.Viewer.SessionId, default);
        await sessions.EndOthersAsync(TestActor.Viewer, other, default);
        Assert.Equal(Sorted(TestActor.Administrator.SessionId, TestActor.Editor.SessionId, TestActor.Viewer.SessionId, TestActor.Stranger.SessionId, third), await IdsAsync());

        await sessions.EndOthersAsync(TestActor.Viewer, null, default);
        Assert.Equal(Sorted(TestActor.Administrator.SessionId, TestActor.Editor.SessionId, TestActor.Viewer.SessionId, TestActor.Stranger.SessionId), await IdsAsync());
    }

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _members = new MemberService(_database, new SingleSignOnOptions(), TimeProvider.System);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private static IEnumerable<string> Sorted(params string[] ids) => ids.Order(StringComparer.Ordinal);

    private async Task<IEnumerable<string>> IdsAsync()
    {
        await using var db = _database.CreateDbContext();
        return Sorted([.. await db.Sessions.Select(s => s.Id).ToListAsync()]);
    }
}
