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
}
