using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Layout;

/// <summary>The frame of every signed-in page: navigation, top bar, theme, and the boundary that keeps a failing page from taking the rest down.</summary>
public sealed partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private DotNetObjectReference<MainLayout>? _self;
    private bool _menuOpen = true;
    private bool _dark;
    private string _choice = "system";
    private string _organization = "";
    private string _name = "";

    [CascadingParameter] private Task<AuthenticationState>? Authentication { get; set; }

    [CascadingParameter(Name = "StartsDark")] private bool StartsDark { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private string SkipTarget => new Uri(Navigation.Uri).PathAndQuery + "#main";

    protected override async Task OnInitializedAsync()
    {
        _dark = StartsDark;
        Navigation.LocationChanged += Moved;
        if (Authentication is not null)
        {
            var user = (await Authentication).User;
            _organization = user.FindFirst(ScoutPage.OrganizationNameClaim)?.Value ?? "";
            _name = user.Identity?.Name ?? "";
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            var shown = await Script.InvokeAsync<ThemeShown>("scoutTheme.watch", _self);
            (_choice, _dark) = (shown.Choice, shown.Dark);
            StateHasChanged();
        }
    }

    /// <summary>Called by scout.js when the system turns light or dark.</summary>
    [JSInvokable]
    public void ShowDark(bool dark)
    {
        _dark = dark;
        StateHasChanged();
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _self?.Dispose();
    }

    private async Task ChooseAsync(string choice)
    {
        _choice = choice;
        _dark = await Script.InvokeAsync<bool>("scoutTheme.set", choice);
    }

    private void Moved(object? sender, LocationChangedEventArgs e)
    {
        _boundary?.Recover();
        StateHasChanged();
    }

    private sealed record ThemeShown(string Choice, bool Dark);
}
