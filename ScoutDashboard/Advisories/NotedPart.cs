namespace ScoutDashboard.Advisories;

/// <summary>A <see cref="PartialFile"/> that survives the process: which version the unfinished file is of stands in a file beside it.</summary>
public sealed partial class NotedPart : PartialFile
{
    private readonly FileStream _content;
    private readonly ILogger _logger;
    private readonly string _note;

    /// <param name="content">The unfinished file; the note's name is its own and <c>.tag</c>.</param>
    /// <param name="logger">Told what could not be deleted.</param>
    /// <exception cref="IOException">The note can't be read.</exception>
    public NotedPart(FileStream content, ILogger logger)
        : base(content)
    {
        _content = content;
        _logger = logger;
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
            LogLeft(exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A feed's download that is of no use any more could not be deleted: {Reason}")]
    private partial void LogLeft(string reason);
}
