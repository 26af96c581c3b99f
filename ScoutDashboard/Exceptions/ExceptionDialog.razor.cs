using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Exceptions;

/// <summary>Asks what an exception says, tells what it would cover, and makes or changes it.</summary>
public sealed partial class ExceptionDialog
{
    private ExceptionType _type;
    private string _why = "";
    private string _details = "";
    private string _scope = "0";
    private string _package = "";
    private DateOnly _lastDay;
    private bool _never;
    private bool _dayChosen;
    private bool _saving;
    private string _refusal = "";

    // What is replaced by saving, and what somebody else made of it since.
    private ExceptionRule? _read;
    private ExceptionRule? _newer;
    private ExceptionReach? _reach;
    private bool _unreadable;
    private CancellationTokenSource? _preview;

    [CascadingParameter] private IMudDialogInstance Dialog { get; set; } = default!;

    /// <summary>What to make one for; null where <see cref="Rule"/> is to be changed.</summary>
    [Parameter] public ExceptionTarget? Target { get; set; }

    /// <summary>The one that is to be changed.</summary>
    [Parameter] public ExceptionRule? Rule { get; set; }

    private string Id => Rule?.VulnerabilityId ?? Target!.VulnerabilityId;

    private DateOnly Today => DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

    private List<string> Packages => [.. Target!.Purls.Select(PackageScope.Of).Distinct(StringComparer.Ordinal)];

    private ScopeChoice? Chosen => int.TryParse(_scope, CultureInfo.InvariantCulture, out var at) && at >= 0 && at < Target!.Images.Count ? Target.Images[at] : null;

    private ExceptionDraft Draft => new(
        Id, Chosen switch { null => ExceptionScope.Organization, { Image: null } => ExceptionScope.Repository, _ => ExceptionScope.Image }, Chosen?.ImageId, _package.Length == 0 ? null : _package, Statement);

    private ExceptionStatement Statement => new(_type, Enum.TryParse<VexJustification>(_why, out var why) ? why : null, _details, _never ? null : _lastDay);

    private string ReachText => _unreadable ? T["What it covers can't be read: the database did not answer."]
        : _reach is not { } reach ? T["Looking up what it covers"]
        : reach.Findings == 0 ? T["It covers nothing now."]
        : T["It covers {0}, {1} of them latest.", ExceptionTexts.Covered(reach.Findings, reach.Images, T), reach.LatestImages.ToString("N0", CultureInfo.InvariantCulture)];

    /// <summary>Asks for a new one; true where it was made.</summary>
    public static Task<bool> CreateAsync(IDialogService dialogs, string title, ExceptionTarget target) => AskAsync(dialogs, title, new DialogParameters<ExceptionDialog> { { dialog => dialog.Target, target } });

    /// <summary>Asks what to change; true where it was changed.</summary>
    public static Task<bool> EditAsync(IDialogService dialogs, string title, ExceptionRule rule) => AskAsync(dialogs, title, new DialogParameters<ExceptionDialog> { { dialog => dialog.Rule, rule } });

    protected override async Task OnInitializedAsync()
    {
        _lastDay = Today.AddDays(ExceptionService.ProposedDays);
        if (Rule is { } rule)
        {
            _read = rule;
            (_type, _why, _details, _dayChosen) = (rule.Type, rule.Justification?.ToString() ?? "", rule.Details, true);
            (_never, _lastDay) = (rule.ExpiresAt is null, rule.ExpiresAt is { } end && ExceptionWords.LastDay(end) >= Today ? ExceptionWords.LastDay(end) : _lastDay);
            return;
        }

        _scope = Target!.Images.Count == 0 ? "" : "0";
        _package = Target.HasPackage && Packages.Count > 0 ? Packages[0] : "";
        await PreviewAsync();
    }

    // What is a mistake stays one; a risk is looked at again.
    private void Choose(ExceptionType type)
    {
        _type = type;
        _never = _dayChosen ? _never : type == ExceptionType.FalsePositive;
    }

    private void ChooseDay(ChangeEventArgs change)
    {
        _dayChosen = true;
        _lastDay = DateOnly.TryParseExact(change.Value?.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : Today.AddDays(ExceptionService.ProposedDays);
    }

    private async Task PreviewAsync()
    {
        // What is asked now overtakes what was.
        _preview?.Cancel();
        using var preview = CancellationTokenSource.CreateLinkedTokenSource(Closed);
        _preview = preview;
        (_reach, _unreadable) = (null, false);
        try
        {
            var reach = await Exceptions.PreviewAsync(OrganizationId, Draft, preview.Token) ?? new ExceptionReach(0, 0, 0);
            _reach = _preview == preview ? reach : _reach;
        }
        catch (DbException)
        {
            _unreadable = _preview == preview || _unreadable;
        }
        catch (OperationCanceledException) when (preview.IsCancellationRequested)
        {
            // Another was asked for, or the dialog was closed.
            return;
        }
        finally
        {
            _preview = _preview == preview ? null : _preview;
        }
    }

    private async Task SaveAsync()
    {
        _saving = true;
        try
        {
            var outcome = _read is { } read ? await Exceptions.ChangeAsync(Actor, read.Id, ExceptionStatement.Of(read), Statement, Closed) : await Exceptions.CreateAsync(Actor, Draft, Closed);
            _newer = outcome == ExceptionOutcome.ChangedMeanwhile ? await Exceptions.FindAsync(OrganizationId, _read!.Id, Closed) : null;
            _refusal = _newer is null ? ExceptionTexts.Of(outcome, T) : "";
            if (outcome == ExceptionOutcome.Done)
            {
                Dialog.Close(DialogResult.Ok(true));
            }
        }
        catch (DbException)
        {
            _refusal = T["The database did not answer, so nothing was saved. What you typed is still here: try again."];
        }
        finally
        {
            _saving = false;
        }
    }

    private string ScopeText(ScopeChoice choice) => choice.Image is { } image ? T["This image: {0}", DisplayText.Sanitise(image, 200)] : T["All images of {0}", DisplayText.Sanitise(choice.Repository, 200)];

    private static async Task<bool> AskAsync(IDialogService dialogs, string title, DialogParameters<ExceptionDialog> parameters) =>
        await (await dialogs.ShowAsync<ExceptionDialog>(title, parameters, new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true })).Result is { Canceled: false, Data: true };
}
