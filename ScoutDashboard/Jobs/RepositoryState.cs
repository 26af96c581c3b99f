namespace ScoutDashboard.Jobs;

/// <summary>One repository within a <see cref="RegistryState"/>: of its tags and manifests only those that the changes name.</summary>
internal sealed class RepositoryState(long id, bool isEnabled, DateTime? lastPushedAt)
{
    private readonly Dictionary<string, TagState> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManifestState> _manifests = new(StringComparer.Ordinal);
    private readonly List<TagState> _newTags = [];
    private readonly List<long> _removedTags = [];

    public long Id => id;
    public bool IsEnabled => isEnabled;

    /// <summary>The newest push, where it is newer than what was known; null otherwise.</summary>
    public DateTime? NewestPush { get; private set; }

    /// <summary>Whether another image may have become the latest.</summary>
    public bool IsLatestDue { get; set; }

    public IReadOnlyCollection<ManifestState> Manifests => _manifests.Values;

    /// <summary>In the order of their making: of two that moved at the same time, the later row is the later tag.</summary>
    public IReadOnlyList<TagState> NewTags => _newTags;

    public IEnumerable<TagState> MovedTags => _tags.Values.Where(tag => tag.IsMoved);

    /// <summary>Rows of tags to remove, before others are added.</summary>
    public IReadOnlyList<long> RemovedTags => _removedTags;

    public void Add(string digest, ManifestState manifest) => _manifests[digest] = manifest;

    public void Add(TagState tag) => _tags.TryAdd(tag.Name, tag);

    public ManifestState Manifest(string digest)
    {
        if (!_manifests.TryGetValue(digest, out var manifest))
        {
            _manifests[digest] = manifest = new ManifestState();
        }

        return manifest;
    }

    public IEnumerable<TagState> TagsOf(string digest) => _tags.Values.Where(tag => tag.Digest == digest);

    public void NotePush(Push push)
    {
        if ((NewestPush ?? lastPushedAt) is not { } newest || newest < push.At)
        {
            NewestPush = push.At;
        }

        if (push.Digest is { } digest)
        {
            Manifest(digest.Value).NotePush(push.At);
        }
    }

    /// <summary>Points a tag at a manifest, unless a newer move is known.</summary>
    public void Move(string name, string digest, DateTime at)
    {
        if (!_tags.TryGetValue(name, out var tag))
        {
            _tags[name] = tag = new TagState(id: 0, name) { Digest = digest, PushedAt = at };
            _newTags.Add(tag);
        }
        else if (tag.PushedAt < at)
        {
            (tag.Digest, tag.PushedAt, tag.IsMoved) = (digest, at, tag.Id != 0);
        }

        // What a tag leads to is needed again, whatever was noted of it; as is what an index holds.
        if (tag.Digest == digest || TagsOf(digest).Any())
        {
            Manifest(digest).IsNeeded = true;
        }
    }

    public void RemoveTagsOf(string digest)
    {
        foreach (var tag in TagsOf(digest).ToList())
        {
            _tags.Remove(tag.Name);
            if (!_newTags.Remove(tag))
            {
                _removedTags.Add(tag.Id);
            }
        }
    }
}

/// <summary>A tag: its row, or 0 where it has none yet, and where it points since when.</summary>
internal sealed class TagState(long id, string name)
{
    public long Id => id;
    public string Name => name;
    public required string Digest { get; set; }
    public required DateTime PushedAt { get; set; }

    /// <summary>Whether its row points elsewhere.</summary>
    public bool IsMoved { get; set; }
}
