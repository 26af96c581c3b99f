using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>Members of organization 1 who are signed in, one of each role, as <see cref="TestDatabase"/> holds them; and an administrator of another organization.</summary>
public static class TestActor
{
    public static Actor Administrator { get; } = Of(1, "ada");
    public static Actor Editor { get; } = Of(1, "eve");
    public static Actor Viewer { get; } = Of(1, "vic");

    /// <summary>Administrator of organization 2.</summary>
    public static Actor Stranger { get; } = Of(2, "sam");

    /// <summary>The one of organization 1 who has this role.</summary>
    public static Actor With(MemberRole role) => role switch { MemberRole.Viewer => Viewer, MemberRole.Editor => Editor, _ => Administrator };

    internal static async Task AddAllAsync(ScoutDb db)
    {
        foreach (var role in Enum.GetValues<MemberRole>())
        {
            Add(db, With(role), role);
        }

        db.Organizations.Add(new Organization { Id = 2, Name = "Fabrikam" });
        Add(db, Stranger, MemberRole.Administrator);
        await db.SaveChangesAsync();
    }

    /// <summary>One more member of organization 1, who is signed in.</summary>
    internal static async Task<Actor> AddAsync(TestDatabase database, string name, MemberRole role)
    {
        var actor = Of(1, name);
        await using var db = database.CreateDbContext();
        Add(db, actor, role);
        await db.SaveChangesAsync();
        return actor;
    }

    private static Actor Of(int organization, string name) => new(organization, $"account-{name}", $"session-{name}", name, "192.0.2.7");

    private static void Add(ScoutDb db, Actor actor, MemberRole role)
    {
        db.Users.Add(new Account { Id = actor.AccountId, UserName = actor.Name, NormalizedUserName = actor.Name.ToUpperInvariant(), OrganizationId = actor.OrganizationId, Role = role });
        db.Sessions.Add(new AccountSession { Id = actor.SessionId, AccountId = actor.AccountId, Browser = "", Address = actor.Address, LastSeenAt = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
    }
}
