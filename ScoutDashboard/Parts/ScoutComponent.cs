using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace ScoutDashboard.Parts;

/// <summary>What every component has: the interface's texts as <c>T["…"]</c>.</summary>
public abstract class ScoutComponent : ComponentBase
{
    [Inject] protected IStringLocalizer<UiText> T { get; set; } = default!;

    /// <summary>How often something happens, to stand after "every": "day", "6 h", "15 min", "30 s".</summary>
    protected string Every(TimeSpan interval) => interval switch
    {
        { TotalDays: 1 } => T["day"],
        { TotalHours: >= 1 } => T["{0} h", Math.Round(interval.TotalHours, 1)],
        { TotalMinutes: >= 1 } => T["{0} min", Math.Round(interval.TotalMinutes, 1)],
        _ => T["{0} s", Math.Round(interval.TotalSeconds)],
    };
}
