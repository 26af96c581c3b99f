using System.Globalization;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>The list of an ecosystem's changes, <c>modified_id.csv</c>: a time and an id on each line.</summary>
internal static class OsvChanges
{
    public const long MaxBytes = 256L * 1024 * 1024;

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
            if (Read(line) is not var (time, id))
            {
                continue;
            }

            isReadable = true;
            if (time >= since && (!changes.TryGetValue(id, out var known) || known < time))
            {
                changes[id] = time;
            }
        }

        return isReadable ? changes : throw new FeedException("The list of changes can't be read.");
    }

    /// <summary>The list of all ecosystems' changes, the newest first, from theirs: its ids are <c>ECOSYSTEM/ID</c>.</summary>
    /// <param name="lists">By ecosystem.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<string>> JoinAsync(IEnumerable<(string Ecosystem, Stream List)> lists, CancellationToken cancellationToken)
    {
        var all = new List<(DateTime Time, string Line)>();
        foreach (var (ecosystem, list) in lists)
        {
            await foreach (var line in new BoundedLines(list, MaxBytes).ReadAsync(cancellationToken))
            {
                if (Read(line) is var (time, id))
                {
                    // The time as it was written: fractions of a second have no fixed length.
                    all.Add((time, $"{line!.AsSpan(0, line!.IndexOf(',', StringComparison.Ordinal))},{ecosystem}/{id}"));
                }
            }
        }

        all.Sort((left, right) => right.Time.CompareTo(left.Time) is not 0 and var order ? order : string.CompareOrdinal(left.Line, right.Line));
        return all.ConvertAll(change => change.Line);
    }

    private static (DateTime Time, string Id)? Read(string? line) =>
        line is not null && line.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma
            && DateTimeOffset.TryParse(line.AsSpan(0, comma), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time.UtcDateTime, line[(comma + 1)..].Trim()) : null;
}
