using System.Text.Json;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Reads lists to their end, page by page, within limits.</summary>
public sealed class ArmPages(ArmHttp http)
{
    private const int MaxPages = 100;
    private const int MaxItems = 10_000;

    /// <summary>All items of a list.</summary>
    /// <exception cref="ArmException">Also where it does not end: half a list is never taken for the whole.</exception>
    public async Task<IReadOnlyList<JsonElement>> ReadAsync(Uri first, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var seen = new HashSet<Uri>();
        for (var address = first; seen.Count < MaxPages && items.Count <= MaxItems && seen.Add(address);)
        {
            var page = (await http.SendAsync(RequestMethod.Get, address, null, cancellationToken)).Body;
            if (page.Member("value").ValueKind != JsonValueKind.Array)
            {
                throw new ArmException(ArmError.BadResponse, $"{http.Endpoint.Address.Host} sent no list where one was asked for.");
            }

            items.AddRange(page.Items("value"));
            if (page.Text("nextLink") is not { Length: > 0 } next)
            {
                return items;
            }

            address = http.Endpoint.Follow(next);
        }

        throw new ArmException(ArmError.TooLarge, $"{http.Endpoint.Address.Host} sent a list that does not end within {MaxPages} pages and {MaxItems} items.");
    }
}
