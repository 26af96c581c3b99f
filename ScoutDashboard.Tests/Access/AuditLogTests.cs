using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class AuditLogTests
{
    private static readonly DateTime Start = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(null, null, null, null, "e d c b a")]
    [InlineData("RoleChanged", null, null, null, "d b")]
    [InlineData("rolechanged", "ADA", null, null, "b")]
    [InlineData("99", null, null, null, "e d c b a")]
    [InlineData(null, "100%", null, null, "c")]
    [InlineData(null, "_", null, null, "d")]
    [InlineData(null, "192.0.2.4", null, null, "e")]
    [InlineData(null, null, "2026-11-02", "2026-11-03", "c b")]
    [InlineData(null, null, "nonsense", "9999-12-31", "e d c b a")]
    public async Task TheLogIsNarrowedAsTheAddressSays(string? action, string? search, string? from, string? to, string expected)
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database,
            ("a", AuditAction.SignedIn, "ada", 0), ("b", AuditAction.RoleChanged, "ada", 1), ("c", AuditAction.SignedIn, "100% sure", 2), ("d", AuditAction.RoleChanged, "snake_case", 3), ("e", AuditAction.SignedIn, "eve", 4));

        var page = await new AuditLog(database, TimeProvider.System).ListAsync(TestActor.Administrator, AuditFilter.Of(action, search, from, to), 1, 50, default);

        Assert.Equal(expected, string.Join(' ', page.Rows.Select(row => row.Subject)));
        Assert.Equal(page.Rows.Count, page.Total);
    }

    [Fact]
    public async Task APageIsCutByTheDatabaseAndAnExportHoldsEverythingOfThisOrganization()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, [.. Enumerable.Range(0, 2_500).Select(number => ($"{number}", AuditAction.SignedIn, "ada", 0))]);
        await using (var db = database.CreateDbContext())
        {
            db.Audit.Add(new AuditEntry { OrganizationId = 2, Name = "sam", Subject = "secret", Address = "" });
            await db.SaveChangesAsync();
        }

        var log = new AuditLog(database, TimeProvider.System);
        var page = await log.ListAsync(TestActor.Administrator, new AuditFilter(), 50, 50, default);
        Assert.Equal((2_500, "49", "0"), (page.Total, page.Rows[0].Subject, page.Rows[^1].Subject));
        Assert.Empty((await log.ListAsync(TestActor.Administrator, new AuditFilter(), int.MaxValue, 50, default)).Rows);
        Assert.Equal(Enumerable.Range(0, 2_500).Reverse().Select(number => $"{number}"), await log.ExportAsync(1, new AuditFilter(), default).Select(line => line.Subject).ToListAsync());
    }

    [Fact]
    public async Task TheExportHoldsWhatThePageShowsAndNoFormula()
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        var actor = await app.ActorAsync();
        await app.Services.GetRequiredService<InvitationService>().CreateAsync(actor, MemberRole.Viewer, "=HYPERLINK(\"x\")", default);

        using var answer = await browser.GetAsync("/settings/audit.csv?action=MemberInvited");
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith($"""
            "MemberInvited","ada","'=HYPERLINK(""x"")","Viewer","192.0.2.7","{actor.AccountId}",""
            """, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void EachActionHasWordsOfItsOwn()
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var texts = services.GetRequiredService<IStringLocalizer<UiText>>();

        var words = Enum.GetValues<AuditAction>().Select(action => (Action: action.ToString(), Word: AuditWords.Of(action, texts))).ToList();

        Assert.All(words, pair => Assert.NotEqual(pair.Action, pair.Word));
        Assert.Equal(words.Count, words.Select(pair => pair.Word).Distinct().Count());
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15", "Safari on macOS")]
    [InlineData("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone")]
    [InlineData("curl/8.14.1", "curl")]
    [InlineData("", null)]
    public void ABrowserIsCalledWhatPeopleCallIt(string userAgent, string? name) => Assert.Equal(name, BrowserName.Of(userAgent));

    private static async Task AddAsync(TestDatabase database, params (string Subject, AuditAction Action, string Name, int Day)[] lines)
    {
        await using var db = database.CreateDbContext();
        db.Audit.AddRange(lines.Select((line, index) => new AuditEntry
        {
            OrganizationId = 1, Subject = line.Subject, Action = line.Action, Name = line.Name, At = Start.AddDays(line.Day).AddHours(23), Address = $"192.0.2.{index % 200}",
        }));
        await db.SaveChangesAsync();
    }
}
