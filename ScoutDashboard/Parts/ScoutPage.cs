using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using ScoutDashboard.Images;

namespace ScoutDashboard.Parts;

/// <summary>What every page has: the visitor, their organization, and a token that is cancelled when the visitor leaves.</summary>
public abstract class ScoutPage : ScoutComponent, IDisposable
{
    /// <summary>Claim type of the organization's id on every signed-in user.</summary>
    public const string OrganizationClaim = "scout:organization";

    /// <summary>Claim type of the organization's name on every signed-in user.</summary>
    public const string OrganizationNameClaim = "scout:organization-name";

    private readonly CancellationTokenSource _closed = new();

    [CascadingParameter] private Task<AuthenticationState>? Authentication { get; set; }

    /// <summary>Cancelled when the visitor leaves the page.</summary>
    protected CancellationToken Closed => _closed.Token;

    /// <summary>The visitor, for services that change something; set before OnInitializedAsync.</summary>
    protected Actor Actor { get; private set; } = new(0, "", "", "", "");

    /// <summary>Whether the visitor may choose repositories and analyse (<see cref="Rights.Edit"/>), for what a page offers; services ask for themselves.</summary>
    protected bool MayEdit { get; private set; }

    /// <summary>The visitor's organization; set before OnInitializedAsync.</summary>
    protected int OrganizationId => Actor.OrganizationId;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (OrganizationId == 0 && Authentication is not null)
        {
            var user = (await Authentication).User;
            Actor = Visitor.ActorOf(user);
            MayEdit = user.IsInRole(nameof(MemberRole.Editor)) || user.IsInRole(nameof(MemberRole.Administrator));
        }

        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Gives what is to be called on each change: the page is then read and shown anew, however often that is, as <see cref="Bell"/> says, until the visitor leaves.</summary>
    protected Action Coalesce(Func<Task> reload)
    {
        var bell = new Bell();
        _ = FollowAsync(bell, reload, Closed);
        return bell.Ring;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            _closed.Cancel();
            _closed.Dispose();
        }
    }

    private async Task FollowAsync(Bell bell, Func<Task> reload, CancellationToken closed)
    {
        try
        {
            await bell.AnswerAsync(
                () => InvokeAsync(async () =>
                {
                    await reload();
                    StateHasChanged();
                }), closed);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The visitor left.
        }
        catch (Exception exception) when (!closed.IsCancellationRequested)
        {
            // Nobody awaits this: the page's error boundary has to tell.
            await DispatchExceptionAsync(exception);
        }
    }
}
