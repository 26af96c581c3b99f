using System.Data.Common;
using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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
    private readonly Outage _outage = new() { Of = null };
    private readonly Gate _gate = new();
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

    [Theory]
    [InlineData("")]
    [InlineData("INSERT")]
    public async Task WhatCantBeSavedIsToldAndSavedByTryingAgain(string failing)
    {
        var creating = await OpenAsync(dialogs => ExceptionDialog.CreateAsync(dialogs, "Create", Target));
        await ShowsAsync("It covers 2 findings in 1 image, 1 of them latest.");
        _dialogs.Find("#exception-details").Input("Mine.");
        _outage.Of = failing;

        await SaveAsync();
        await ShowsAsync("The database did not answer, so nothing was saved. What you typed is still here: try again.");
        Assert.Equal("Mine.", _dialogs.Find("#exception-details").GetAttribute("value"));

        _outage.Of = null;
        await SaveAsync();
        Assert.True(await creating.WaitAsync(Limit));
        Assert.Equal("Mine.", await DetailsAsync());
    }

    [Fact]
    public async Task APreviewThatCantBeReadIsToldAndAnotherScopeReadsItAnew()
    {
        _outage.Of = "";
        _ = await OpenAsync(dialogs => ExceptionDialog.CreateAsync(dialogs, "Create", Target));
        await ShowsAsync("What it covers can't be read: the database did not answer.");

        _outage.Of = null;
        _dialogs.Find("#exception-scope").Change("");
        await ShowsAsync("It covers 4 findings in 2 images, 2 of them latest.");
    }

    [Fact]
    public async Task APreviewThatAnotherOvertakesIsCancelled()
    {
        _gate.IsOpen = false;
        _ = await OpenAsync(dialogs => ExceptionDialog.CreateAsync(dialogs, "Create", Target));
        await ShowsAsync("Looking up what it covers");
        _gate.IsOpen = true;

        _dialogs.Find("#exception-scope").Change("");

        await _gate.Cancelled.WaitAsync(Limit);
        await ShowsAsync("It covers 4 findings in 2 images, 2 of them latest.");
    }

    public async Task InitializeAsync()
    {
        _rig = await ExceptionRig.CreateAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices().AddLocalization().AddSingleton<TimeProvider>(_rig.Clock).AddSingleton(new ExceptionService(_rig.Database.With(_outage, _gate), _rig.Signal, _rig.Clock));
        this.SignInAs(MemberRole.Editor);
        Render<MudPopoverProvider>();
        _dialogs = Render<MudDialogProvider>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private ExceptionTarget Target => new(ExceptionRig.First, [new ScopeChoice(_rig.App, "contoso.azurecr.io/team/app", null)], [], HasPackage: false);

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

    // Holds readers until they are cancelled.
    private sealed class Gate : DbCommandInterceptor
    {
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsOpen { get; set; } = true;

        public Task Cancelled => _cancelled.Task;

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (!IsOpen)
            {
                await using var registration = cancellationToken.Register(_cancelled.SetResult);
                await _cancelled.Task;
                cancellationToken.ThrowIfCancellationRequested();
            }

            return result;
        }
    }

    private Task ShowsAsync(string text) => _dialogs.WaitForAssertionAsync(() => Assert.Contains(text, _dialogs.Find(".mud-dialog").TextContent, StringComparison.Ordinal), Limit);
}
