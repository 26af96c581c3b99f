using System.Data.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ScoutDashboard.Access;

/// <summary>Somebody's own second step: set up, recovery codes, turned off.</summary>
public sealed partial class SecondStepPanel
{
    private const int FewCodes = 3;

    private SecondStepState? _state;
    private bool _failed;
    private string? _problem;
    private string _password = "";
    private string _code = "";
    private byte[] _key = [];
    private IReadOnlyList<string> _codes = [];

    /// <summary>Something about the account changed that the page around shows, too.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    // Of two dashboards an app must tell which is which.
    private string Service => $"ScoutDashboard {new Uri(Navigation.BaseUri).Host}";

    private string KeyText => string.Join(' ', Base32.Encode(_key).Chunk(4).Select(group => new string(group)));

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            (_state, _failed) = (await Steps.FindAsync(Actor, Closed), false);
        }
        catch (DbException)
        {
            _failed = true;
        }
    }

    private async Task BeginAsync()
    {
        var offer = await Steps.BeginAsync(Actor, Typed(), Closed);
        _key = offer.Key;
        await ShowAsync(offer.Outcome);
    }

    private async Task ConfirmAsync()
    {
        var made = await Steps.ConfirmAsync(Actor, _code, Closed);
        _code = "";
        _codes = made.Codes;
        // A wrong code can be followed by the next one.
        _key = made.Outcome == SecondStepOutcome.WrongCode ? _key : [];
        await ShowAsync(made.Outcome);
    }

    private async Task RenewAsync()
    {
        var made = await Steps.RenewCodesAsync(Actor, Typed(), Closed);
        _codes = made.Codes;
        await ShowAsync(made.Outcome);
    }

    private async Task TurnOffAsync() => await ShowAsync(await Steps.TurnOffAsync(Actor, Typed(), Closed));

    private async Task PrintAsync() => await Script.InvokeVoidAsync("print", Closed);

    private string Typed()
    {
        var typed = _password;
        _password = "";
        return typed;
    }

    private async Task ShowAsync(SecondStepOutcome outcome)
    {
        _problem = outcome switch
        {
            SecondStepOutcome.WrongPassword => T["The password is wrong."].Value,
            SecondStepOutcome.TooMany => T["Too many attempts. Wait {0} minutes, then try again.", SignInThrottle.Minutes].Value,
            SecondStepOutcome.NoPassword => T["You sign in without a password."].Value,
            SecondStepOutcome.WrongCode => T["The code is wrong. Enter the one that the app shows now; the clocks of phone and server must agree."].Value,
            SecondStepOutcome.Expired => T["This key waited too long. Set up again, and remove the entry from the app."].Value,
            SecondStepOutcome.AlreadyOn => T["It was turned on meanwhile."].Value,
            SecondStepOutcome.NotOn => T["It was turned off meanwhile."].Value,
            _ => null,
        };
        await LoadAsync();
        await OnChanged.InvokeAsync();
    }
}
