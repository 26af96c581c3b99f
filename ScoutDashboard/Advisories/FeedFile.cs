namespace ScoutDashboard.Advisories;

/// <summary>One file of a feed.</summary>
/// <param name="Path">Where it lies in a folder source and beneath the OSV bucket: names parted by slashes, not encoded, e.g. <c>Rocky Linux/all.zip</c>.</param>
/// <param name="Address">Its own address in the web; null where it is beneath the OSV bucket.</param>
/// <param name="MaxBytes">Largest that is read.</param>
public sealed record FeedFile(string Path, Uri? Address, long MaxBytes)
{
    /// <summary>Whether a source may lack it: the feed does without.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Throws <see cref="FeedException"/> for a content that the feed could not use: an export then keeps what it has.</summary>
    public Func<Stream, CancellationToken, Task>? Check { get; init; }

    /// <summary>Whether every part is a plain name: no root, no way up, nothing hidden. Names may come from a source, and a path is made of them.</summary>
    public bool IsPlain => Path.Length is > 0 and <= 300 && !Path.Any(character => character is '\\' or '%' or '?' or '#' || char.IsControl(character))
        && Path.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.Trim() == part);
}

/// <summary>A file that was fetched whole; disposing it deletes what was downloaded.</summary>
/// <param name="Content">Seekable, at its start.</param>
/// <param name="Tag">What tells this version from others, for the next time; null where the source tells nothing.</param>
public sealed record FetchedFile(Stream Content, string? Tag) : IDisposable
{
    /// <summary>Where it was downloaded to; null where it is the source's own.</summary>
    public PartialFile? Part { get; init; }

    /// <summary>Cancelled where the program stops: what was downloaded is then left for the next start, which need not fetch it again.</summary>
    public CancellationToken Stopping { get; init; }

    public void Dispose()
    {
        if (Part is null)
        {
            Content.Dispose();
        }
        else if (Stopping.IsCancellationRequested)
        {
            Part.Leave();
        }
        else
        {
            Part.Discard();
        }
    }
}
