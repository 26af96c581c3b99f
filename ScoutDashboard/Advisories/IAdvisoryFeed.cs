namespace ScoutDashboard.Advisories;

/// <summary>
/// Brings the advisories of one source. Throws <see cref="FeedException"/> where the source can't be read; then nothing may have been changed.
/// </summary>
public interface IAdvisoryFeed
{
    /// <summary>Fetches the whole archive of one ecosystem, or says that it has not changed.</summary>
    /// <param name="ecosystem">Base ecosystem, e.g. <c>Debian</c>.</param>
    /// <param name="tag">The tag of the archive that was imported last, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null where the archive is the one with that tag.</returns>
    Task<FetchedArchive?> FetchAsync(string ecosystem, string? tag, CancellationToken cancellationToken);
}

/// <summary>An archive that was fetched whole; disposing it deletes a temporary copy.</summary>
public sealed record FetchedArchive(Stream Content, string? Tag) : IDisposable
{
    public void Dispose() => Content.Dispose();
}

/// <summary>A feed that could not be read; the message is one sentence for a person.</summary>
public sealed class FeedException(string message, Exception? inner = null) : Exception(message, inner);
