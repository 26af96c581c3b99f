using System.Globalization;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>The list of an ecosystem's changes, <c>modified_id.csv</c>: a time and an id on each line.</summary>
internal static class OsvChanges
{
    private const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>
    /// What changed at or after an instant, each id once with its latest time. Many share one instant, so that one belongs to what must be looked at again. The
    /// newest should come first; the list is read to its end all the same, since nothing holds a source to that.
    /// </summary>
    /// <exception cref="FeedException">No line of it can be read.</exception>
    public static async Task<Dictionary<string, DateTime>> ReadAsync(Stream list, DateTime since, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var isReadable = false;
        await foreach (var line in new BoundedLines(list, MaxBytes).ReadAsync(cancellationToken))
        {
            if (line is null || line.IndexOf(',', StringComparison.Ordinal) is not (> 0 and var comma)
                || !DateTimeOffset.TryParse(line.AsSpan(0, comma), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                continue;
            }

            isReadable = true;
            var id = line[(comma + 1)..].Trim();
            if (time.UtcDateTime >= since && (!changes.TryGetValue(id, out var known) || known < time.UtcDateTime))
            {
                changes[id] = time.UtcDateTime;
            }
        }

        return isReadable ? changes : throw new FeedException("The list of changes can't be read.");
    }
}
