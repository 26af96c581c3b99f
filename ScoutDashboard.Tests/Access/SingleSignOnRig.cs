using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>The application beside an issuer on this machine, and the whole way over it by the application's own handler. Editors are in <c>scout-editors</c> or <c>others</c>, viewers in <c>staff</c>.</summary>
public abstract class SingleSignOnRig : IAsyncLifetime, IAsyncDisposable
{
    private readonly HttpClient _elsewhere = new(new HttpClientHandler { AllowAutoRedirect = false });

    protected ScoutApp App { get; } = new();

    protected Issuer Issuer { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Issuer = await Issuer.StartAsync();
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Authority"] = Issuer.Address, ["ClientId"] = Issuer.ClientId, ["ClientSecret"] = Issuer.ClientSecret, ["DisplayName"] = "Contoso",
            ["Administrators"] = "scout-admins", ["Editors"] = "scout-editors, others", ["Viewers"] = "staff",
        })
        {
            App.Settings[$"OpenIdConnect:{key}"] = value;
        }
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public virtual async ValueTask DisposeAsync()
    {
        _elsewhere.Dispose();
        await App.DisposeAsync();
        await Issuer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<ScoutDb> DatabaseAsync() => await App.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();

    /// <summary>Goes the whole way as a browser does; returns where it ends.</summary>
    protected async Task<string> SignInAsync(HttpClient browser, string returnUrl = "/")
    {
        using var back = await browser.GetAsync(await CallbackAsync(browser, returnUrl));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        if (!back.Headers.Location!.OriginalString.StartsWith("/sign-in/single/done", StringComparison.Ordinal))
        {
            return back.Headers.Location.OriginalString;
        }

        using var done = await browser.GetAsync(back.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        return done.Headers.Location!.OriginalString;
    }

    /// <summary>From the sign-in page to the issuer; returns the address by which that sends the browser back.</summary>
    protected async Task<Uri> CallbackAsync(HttpClient browser, string returnUrl)
    {
        using var begin = await browser.GetAsync($"/sign-in/single?returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.StartsWith($"{Issuer.Address}/authorize", begin.Headers.Location?.OriginalString, StringComparison.Ordinal);
        return await AtIssuerAsync(begin.Headers.Location!);
    }

    /// <summary>Opens an address of the issuer; returns where that sends the browser.</summary>
    protected async Task<Uri> AtIssuerAsync(Uri address)
    {
        using var answer = await _elsewhere.GetAsync(address);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!;
    }
}
