using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionDialogTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private ExceptionRig _rig = null!;
    private IRenderedComponent<MudDialogProvider> _dialogs = null!;

    [Fact]
    public async Task WhoEditsWhatSomebodyElseChangedIsToldByWhomKeepsTheirWordsAndSavesOnceTheyLookedAgain()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(days: 30));
        var editing = await OpenAsync(dialogs => ExceptionDialog.EditAsync(dialogs, "Edit", rule));
        _dialogs.Find("#exception-details").Input("Mine.");
        _rig.Clock.Advance(TimeSpan.FromMinutes(3));
        await _rig.Service.ChangeAsync(TestActor.Administrator, rule.Id, ExceptionStatement.Of(rule), ExceptionStatement.Of(rule) with { Details = "Theirs." }, default);

        await SaveAsync();
        await ShowsAsync("ada changed it at 2026-06-15 12:03:00 UTC, after you opened it. Nothing was saved, and what you typed is still here.");
        Assert.DoesNotContain("Theirs.", _dialogs.Markup, StringComparison.Ordinal);
        await SaveAsync();
        await ShowsAsync("ada changed it");
        Assert.Equal("Theirs.", await DetailsAsync());

        await Button("Look again").ClickAsync(new());
        await ShowsAsync("Theirs.");
        Assert.Equal("Mine.", _dialogs.Find("#exception-details").GetAttribute("value"));
        Assert.False(editing.IsCompleted);
        await SaveAsync();
        Assert.True(await editing.WaitAsync(Limit));
        Assert.Equal("Mine.", await DetailsAsync());
    }

    [Fact]
    public async Task WhoEditsWhatSomebodyElseEndedIsTold()
    {
        var rule = await _rig.MakeAsync(_rig.Draft(days: 30));
        _ = await OpenAsync(dialogs => ExceptionDialog.EditAsync(dialogs, "Edit", rule));
        await _rig.Service.EndAsync(TestActor.Administrator, rule.Id, default);

        await SaveAsync();

        await ShowsAsync("It was ended meanwhile. Create another one.");
    }

    public async Task InitializeAsync()
    {
        _rig = await ExceptionRig.CreateAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices().AddLocalization().AddSingleton<TimeProvider>(_rig.Clock).AddSingleton(_rig.Service);
        this.SignInAs(MemberRole.Editor);
        Render<MudPopoverProvider>();
        _dialogs = Render<MudDialogProvider>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    // Answers when the dialog is there; what it returns, when it is closed.
    private async Task<Task<bool>> OpenAsync(Func<IDialogService, Task<bool>> ask)
    {
        var answer = _dialogs.InvokeAsync(() => ask(Services.GetRequiredService<IDialogService>()));
        await _dialogs.WaitForElementAsync("#exception-details", Limit);
        return answer;
    }

    private async Task<string> DetailsAsync()
    {
        await using var db = _rig.Database.CreateDbContext();
        return (await db.Exceptions.SingleAsync()).Details;
    }

    private IElement Button(string text) => _dialogs.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private Task SaveAsync() => _dialogs.Find("#exception-form").SubmitAsync();

    private Task ShowsAsync(string text) => _dialogs.WaitForAssertionAsync(() => Assert.Contains(text, _dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal), Limit);
}
