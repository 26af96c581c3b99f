using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>The application with a clock that stands, and its first administrator, who may turn the second step on.</summary>
public abstract class SecondStepRig : IAsyncLifetime, IAsyncDisposable
{
    protected const string Wrong = "not the password of ada";

    protected SecondStepRig() => App.Replace = services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));

    protected ScoutApp App { get; } = new();

    protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks the service for somebody, as their open page would.</summary>
    protected async Task<T> AskAsync<T>(Func<SecondStepService, Task<T>> ask)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<SecondStepService>());
    }

    /// <summary>Turns it on; returns the app's key and the recovery codes. A moment later, so that the code which confirmed it is not the one that the app shows.</summary>
    protected async Task<(byte[] Key, IReadOnlyList<string> Codes)> TurnOnAsync(Actor actor)
    {
        var offer = await AskAsync(steps => steps.BeginAsync(actor, ScoutApp.Password, default));
        Assert.Equal(SecondStepOutcome.Done, offer.Outcome);
        var made = await AskAsync(steps => steps.ConfirmAsync(actor, CodeOf(offer.Key), default));
        Assert.Equal(SecondStepOutcome.Done, made.Outcome);
        Clock.Advance(TimeSpan.FromSeconds(30));
        return (offer.Key, made.Codes);
    }

    protected string CodeOf(byte[] key) => TimeCode.CodeAt(key, Clock.GetUtcNow());

    /// <summary>Sends name and password; returns where that leads.</summary>
    protected static async Task<string?> PasswordAsync(HttpClient browser, string name = ScoutApp.UserName, string returnUrl = "/")
    {
        using var answer = await ScoutApp.PostFormAsync(browser, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}", new() { ["Input.Name"] = name, ["Input.Password"] = ScoutApp.Password });
        return PathOf(answer);
    }

    /// <summary>Sends a code; returns where that leads, else what the page says.</summary>
    protected static async Task<string> CodeAsync(HttpClient browser, string code, string returnUrl = "/")
    {
        using var answer = await ScoutApp.PostFormAsync(browser, $"/sign-in/code?returnUrl={Uri.EscapeDataString(returnUrl)}", new() { ["Input.Code"] = code });
        return PathOf(answer) ?? await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Where an answer leads, without the host; null where it is a page.</summary>
    protected static string? PathOf(HttpResponseMessage answer) => answer.Headers.Location is { } location ? new Uri(new Uri("http://localhost"), location).PathAndQuery : null;

    protected static async Task<bool> IsInsideAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("/settings");
        return answer.IsSuccessStatusCode;
    }

    protected async Task<ScoutDb> DatabaseAsync() => await App.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
}
