using Microsoft.AspNetCore.Components;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>All repositories with their latest image.</summary>
public sealed partial class ImagesPage
{
    private IReadOnlyList<RegistryChoice> _registries = [];
    private PageOf<RepositoryRow>? _page;

    [SupplyParameterFromQuery(Name = "search")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "registry")] private long? RegistryId { get; set; }
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "critical")] private bool Critical { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? Number { get; set; }

    private ImageListSort Order => Choice<ImageListSort>(Sort) ?? ImageListSort.Severity;

    private bool IsFiltered => !string.IsNullOrEmpty(Query) || RegistryId is not null || Choice<ImageState>(State) is not null || Critical;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Follow(ReadAsync);
    }

    protected override Task OnParametersSetAsync() => ReadAsync();

    private Task ReadAsync() => LoadAsync(
        async () =>
        {
            var registries = await Report.RegistriesAsync(OrganizationId, Leaving);
            var filter = new ImageListFilter(Query, RegistryId, Choice<ImageState>(State), Critical, Order);
            return (registries, await Report.ListAsync(OrganizationId, filter, new PageRequest(Number ?? 1, PageSize), Leaving));
        },
        result => (_registries, _page) = result);
}
