using System.Globalization;
using System.Net.Http.Headers;

namespace ScoutDashboard.Advisories;

/// <summary>What is here of a file that is being fetched, and of which version; a broken download goes on behind it.</summary>
public class PartialFile(Stream content)
{
    private const string ModifiedPrefix = "modified:";

    /// <summary>Seekable and writable; its length is what is here.</summary>
    public Stream Content => content;

    /// <summary>The entity tag of that version, else <c>modified:</c> and its time, else null.</summary>
    public string? Tag { get; protected set; }

    /// <summary>Whether a server can be asked for the rest: only what is the same byte for byte may be continued (RFC 9110, 13.1.5).</summary>
    public bool CanGoOn => Content.Length > 0 && (TimeOf(Tag) is not null || (EntityTagHeaderValue.TryParse(Tag, out var tag) && !tag.IsWeak));

    /// <summary>Forgets what is here and begins with another version.</summary>
    public virtual void Restart(string? tag)
    {
        Content.SetLength(0);
        Tag = tag;
    }

    /// <summary>Closes what is here, which nobody needs any more.</summary>
    public virtual void Discard() => Content.Dispose();

    /// <summary>Closes what is here, and lets go of it where no server could be asked for the rest.</summary>
    public void Leave()
    {
        if (CanGoOn)
        {
            Content.Dispose();
        }
        else
        {
            Discard();
        }
    }

    /// <summary>The tag of an answer, in the form of <see cref="Tag"/>.</summary>
    public static string? TagOf(HttpResponseMessage response) => response.Headers.ETag?.ToString()
        ?? (response.Content.Headers.LastModified is { } modified ? ModifiedPrefix + modified.ToString("R") : null);

    /// <summary>Asks for the file only where it is another than the one with this tag.</summary>
    public static void AskIfChanged(HttpRequestHeaders headers, string? tag)
    {
        if (TimeOf(tag) is { } time)
        {
            headers.IfModifiedSince = time;
        }
        else if (EntityTagHeaderValue.TryParse(tag, out var known))
        {
            headers.IfNoneMatch.Add(known);
        }
    }

    /// <summary>Asks for what is missing, if it is still the same file.</summary>
    public void AskForRest(HttpRequestHeaders headers)
    {
        headers.Range = new RangeHeaderValue(Content.Length, null);
        headers.IfRange = TimeOf(Tag) is { } time ? new RangeConditionHeaderValue(time) : new RangeConditionHeaderValue(EntityTagHeaderValue.Parse(Tag!));
    }

    /// <summary>Whether an answer is what comes next of the version that is here.</summary>
    public bool IsContinuedBy(HttpResponseMessage response) => CanGoOn && response.Content.Headers.ContentRange?.From == Content.Length
        && (TimeOf(Tag) is not { } time || response.Content.Headers.LastModified is not { } modified || modified == time)
        && (response.Headers.ETag is not { } tag || Tag!.StartsWith(ModifiedPrefix, StringComparison.Ordinal) || tag.ToString() == Tag);

    /// <summary>Whether an answer says that nothing comes behind what is here: of another version it would have sent all (RFC 9110, 13.1.5 and 15.5.17).</summary>
    public bool IsWholeBy(HttpResponseMessage response) => CanGoOn && response.Content.Headers.ContentRange?.Length == Content.Length;

    private static DateTimeOffset? TimeOf(string? tag) => tag?.StartsWith(ModifiedPrefix, StringComparison.Ordinal) == true
        && DateTimeOffset.TryParse(tag[ModifiedPrefix.Length..], CultureInfo.InvariantCulture, out var time) ? time : null;
}
