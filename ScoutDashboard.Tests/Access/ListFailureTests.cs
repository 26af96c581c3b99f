using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Access;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>Pages of members and keys whose database does not answer at first.</summary>
public sealed class ListFailureTests : IAsyncLifetime
{
    private readonly Outage _outage = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public Task MembersThatCantBeReadAreToldAndReadByTryingAgain() => FailThenShowAsync<MembersPage>("The members can't be read", "Role of eve");

    [Fact]
    public Task KeysThatCantBeReadAreToldAndReadByTryingAgain() => FailThenShowAsync<ApiKeysPage>("The API keys can't be read", "No API keys yet");

    [Fact]
    public async Task InvitationsThatCantBeReadAreToldAndReadByTryingAgain()
    {
        await new InvitationService(_database, null!, new SingleSignOnOptions(), TimeProvider.System).CreateAsync(TestActor.Administrator, MemberRole.Viewer, "for grace", default);
        await FailThenShowAsync<InvitationPanel>("The waiting invitations can't be read", "for grace");
    }

    private async Task FailThenShowAsync<TPage>(string failure, string content)
        where TPage : IComponent
    {
        await using var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.SignInAs(MemberRole.Administrator);
        var databases = _database.With(_outage);
        browser.Services.AddMudServices().AddLocalization().AddSingleton(TimeProvider.System).AddSingleton(new SingleSignOnOptions()).AddSingleton(databases)
            .AddSingleton<MemberService>().AddSingleton<InvitationService>().AddSingleton<ApiKeyService>();

        var page = browser.Render<TPage>();

        page.WaitForAssertion(() => Assert.Equal(failure, page.Find(".state-failed h2").TextContent));
        Assert.DoesNotContain(content, page.Markup, StringComparison.Ordinal);
        _outage.Of = null;
        await page.Find(".state-failed button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains(content, page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".state-failed"));
    }
}
