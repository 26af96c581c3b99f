using System.Data.Common;
using Microsoft.JSInterop;

namespace ScoutDashboard.Access;

/// <summary>Somebody's own passkeys: added, named, removed.</summary>
public sealed partial class PasskeyPanel
{
    private IReadOnlyList<PasskeyRow>? _passkeys;
    private IJSObjectReference? _module;
    private bool _isAvailable;
    private bool _failed;
    private string? _problem;
    private string _password = "";
    private string _name = "";

    public async ValueTask DisposeAsync()
    {
        Dispose(disposing: true);
        try
        {
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The visitor has left; the module went with the page.
        }
    }

    protected override async Task OnInitializedAsync()
    {
        _module = await Script.InvokeAsync<IJSObjectReference>("import", Closed, "./passkeys.js");
        _isAvailable = await _module.InvokeAsync<bool>("available", Closed);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            (_passkeys, _failed) = (await Passkeys.ListAsync(Actor, Closed), false);
        }
        catch (DbException)
        {
            _failed = true;
        }
    }

    private async Task AddAsync()
    {
        if (!_isAvailable || _module is null)
        {
            return;
        }

        // The script reads the password from its field, which is emptied behind it.
        var adding = _module.InvokeAsync<string>("add", Closed, _name);
        _password = "";
        var outcome = await adding;
        _name = outcome == nameof(PasskeyOutcome.Done) ? "" : _name;
        _problem = outcome switch
        {
            nameof(PasskeyOutcome.Done) => null,
            nameof(PasskeyOutcome.WrongPassword) => T["The password is wrong."].Value,
            nameof(PasskeyOutcome.TooMany) => T["Too many attempts. Wait {0} minutes, then try again.", SignInThrottle.Minutes].Value,
            nameof(PasskeyOutcome.NoPassword) => T["You sign in without a password."].Value,
            nameof(PasskeyOutcome.Full) => T["An account has at most {0} passkeys. Remove one first.", PasskeyService.Max].Value,
            "Known" => T["This device has a passkey of yours already."].Value,
            "Elsewhere" => T["Passkeys work at the dashboard's public address only. Open it there."].Value,
            "Cancelled" => T["No passkey was made: it was cancelled, or the device did not answer."].Value,
            _ => T["The passkey was not accepted. Try again."].Value,
        };
        await LoadAsync();
    }

    private async Task RenameAsync(PasskeyRow passkey, string name)
    {
        await Passkeys.RenameAsync(Actor, passkey.Id, name, Closed);
        await LoadAsync();
    }

    private async Task RemoveAsync(PasskeyRow passkey)
    {
        _problem = await Passkeys.RemoveAsync(Actor, passkey.Id, Typed(), Closed) switch
        {
            PasswordAnswer.Right => null,
            PasswordAnswer.TooMany => T["Too many attempts. Wait {0} minutes, then try again.", SignInThrottle.Minutes].Value,
            PasswordAnswer.NoPassword => T["You sign in without a password."].Value,
            _ => T["Enter your password below, then remove it."].Value,
        };
        await LoadAsync();
    }

    private string Typed()
    {
        var typed = _password;
        _password = "";
        return typed;
    }
}
