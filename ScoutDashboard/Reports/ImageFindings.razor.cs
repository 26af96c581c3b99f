using Microsoft.AspNetCore.Components;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The findings of an image, filtered by the address.</summary>
public sealed partial class ImageFindings
{
    private readonly HashSet<long> _open = [];
    private IReadOnlyList<string> _types = [];
    private FindingsPage? _page;

    [Parameter, EditorRequired] public long ImageId { get; set; }

    /// <summary>Index of the layer that the list is narrowed to.</summary>
    [Parameter] public int? Layer { get; set; }

    /// <summary>Whether the image was matched against advisories: else an empty list says nothing.</summary>
    [Parameter, EditorRequired] public bool Matched { get; set; }

    /// <summary>Ecosystems without advisory data, for a person.</summary>
    [Parameter, EditorRequired] public string Unmatched { get; set; } = "";

    /// <summary>The scopes that an exception may have besides the organization.</summary>
    [Parameter] public IReadOnlyList<ScopeChoice> Scopes { get; set; } = [];

    [SupplyParameterFromQuery(Name = "search")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "severity")] private string? Severity { get; set; }
    [SupplyParameterFromQuery(Name = "fixable")] private bool Fixable { get; set; }
    [SupplyParameterFromQuery(Name = "type")] private string? PackageType { get; set; }
    [SupplyParameterFromQuery(Name = "exploited")] private bool Exploited { get; set; }
    [SupplyParameterFromQuery(Name = "accepted")] private bool? Accepted { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? Number { get; set; }

    private FindingFilter Filter => new(Choice<SeverityLevel>(Severity), Fixable, PackageType, Query, Layer) { Exploited = Exploited, Accepted = Accepted, Sort = Choice<FindingSort>(Sort) ?? FindingSort.Risk };

    private bool IsFiltered => Filter with { Sort = default } != new FindingFilter();

    private string Export(string ending) => Navigation.GetUriWithQueryParameters(
        $"/images/{ImageId}/findings.{ending}",
        new Dictionary<string, object?>
        {
            ["severity"] = Filter.Severity?.ToString(), ["fixable"] = Fixable ? true : null, ["type"] = PackageType, ["search"] = Query, ["layer"] = Layer,
            ["exploited"] = Exploited ? true : null, ["accepted"] = Accepted, ["sort"] = Choice<FindingSort>(Sort)?.ToString(),
        });

    protected override Task OnParametersSetAsync() => LoadAsync(
        async () => (await Report.PackageTypesAsync(OrganizationId, ImageId, Leaving),
            await Report.ListAsync(OrganizationId, ImageId, Filter, new PageRequest(Number ?? 1, PageSize), Leaving)),
        result => (_types, _page) = result);

    private async Task CreateExceptionAsync(FindingRow row)
    {
        if (await ExceptionDialog.CreateAsync(Dialogs, T["Create exception"], new ExceptionTarget(row.VulnerabilityId, Scopes, [row.Purl], HasPackage: true)))
        {
            await OnParametersSetAsync();
        }
    }

    private void Toggle(long id)
    {
        if (!_open.Remove(id))
        {
            _open.Add(id);
        }
    }
}
