using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>One image: what it is, its layers, and what was found in it.</summary>
public sealed partial class ImagePage
{
    private IReadOnlyList<LayerRow> _layers = [];
    private ImageView? _view;
    private BaseImage? _base;
    private bool _missing;
    private long _shown;

    [Parameter] public long ImageId { get; set; }
    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }
    [SupplyParameterFromQuery(Name = "layer")] private int? Layer { get; set; }

    private bool HasInventory => _view is { Image: { Kind: ImageKind.Image, AnalysedAt: not null } };

    private IReadOnlyList<(string? Key, string Text)> Tabs =>
        [(null, T["Vulnerabilities"]), ("packages", T["Packages"]), ("changes", T["Changes"]), ("configuration", T["Configuration"]), ("sbom", T["SBOM"]), ("attestations", T["Attestations"])];

    private string? Current => Tabs.Any(t => t.Key == Tab) ? Tab : null;

    // The filters belong to a tab, the layer to all.
    private string TabAddress(string? key) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["tab"] = key, ["search"] = null, ["severity"] = null, ["fixable"] = null, ["type"] = null, ["accepted"] = null, ["change"] = null, ["cause"] = null, ["page"] = null,
    });

    private static IReadOnlyList<ScopeChoice> Scopes(ImageView view)
    {
        var repository = $"{view.Registry}/{view.Repository}";
        return [new ScopeChoice(view.Image.Id, repository, $"{repository}@{(Digest.TryParse(view.Image.Digest, out var digest) ? digest.Short : view.Image.Digest)} {view.Image.Platform}".TrimEnd()), new ScopeChoice(view.Image.Id, repository, null)];
    }

    private static string Name(ImageView view) => DisplayText.Sanitise(view.Tags is [var tag, ..] ? $"{view.Repository}:{tag}"
        : Digest.TryParse(view.Image.Digest, out var digest) ? $"{view.Repository}@{digest.Short}" : view.Repository, 300);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Follow(LoadAsync);
    }

    protected override async Task OnParametersSetAsync()
    {
        // Filters and tabs change the address too; only another image is read anew.
        if (_shown != ImageId || Failed)
        {
            _shown = ImageId;
            await LoadAsync();
        }
    }

    private Task LoadAsync() => LoadAsync(
        async () =>
        {
            var view = await Report.FindAsync(OrganizationId, ImageId, Leaving);
            return view is null ? (View: view, Layers: [], Base: null)
                : (View: view, Layers: await Report.LayersAsync(OrganizationId, ImageId, Leaving), Base: await Bases.FindAsync(OrganizationId, ImageId, Leaving));
        },
        result =>
        {
            (_view, _layers, _base) = result;
            _missing = result.View is null;
        });
}
