using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace ScoutDashboard.Parts;

/// <summary>What every component has: the interface's texts as <c>T["…"]</c>.</summary>
public abstract class ScoutComponent : ComponentBase
{
    [Inject] protected IStringLocalizer<UiText> T { get; set; } = default!;
}
