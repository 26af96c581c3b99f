namespace ScoutDashboard.Advisories;

/// <summary>A <see cref="PartialFile"/> that survives the process: which version the unfinished file is of stands in a file beside it.</summary>
public sealed class NotedPart : PartialFile
{
    private readonly FileStream _content;
    private readonly string _note;

    /// <param name="content">The unfinished file; the note's name is its own and <c>.tag</c>.</param>
    /// <exception cref="IOException">The note can't be read.</exception>
    public NotedPart(FileStream content)
        : base(content)
    {
        _content = content;
        _note = $"{content.Name}.tag";
        Tag = File.Exists(_note) ? File.ReadAllText(_note) : null;
    }

    public override void Restart(string? tag)
    {
        File.Delete(_note);
        base.Restart(tag);
        if (tag is not null)
        {
            File.WriteAllText(_note, tag);
        }
    }

    public override void Discard()
    {
        base.Discard();
        try
        {
            // The note first: what it is not known of is never continued.
            File.Delete(_note);
            File.Delete(_content.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody looks at it; it goes with what is too old.
        }
    }
}
