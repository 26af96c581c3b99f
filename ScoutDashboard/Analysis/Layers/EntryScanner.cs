using System.Text.Json;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Walks a layer's entries: records what each does at its path and lets extractors read the files that they want.</summary>
internal sealed class EntryScanner(TarReader tar, IReadOnlyList<IPackageExtractor> extractors, AnalysisLimits limits, FileBody body, SidecarFiles sidecars)
{
    private readonly PathQuestions _byPath = new(extractors);

    // As delegates, which lead straight to the method where a call of the interface would search for it. Whoever keeps the interface's own answer has
    // no question to the head.
    private readonly (IPackageExtractor Extractor, HeadQuestion Wants)[] _byHead =
        [.. extractors.Select(extractor => (extractor, new HeadQuestion(extractor.WantsHead))).Where(asked => asked.Item2.Method.DeclaringType != typeof(IPackageExtractor))];
    private readonly LayerChangeWriter _changes = new(limits);
    private readonly List<Detection> _detections = [];
    private readonly GapList _gaps = new(limits.Gaps);
    private readonly List<IPackageExtractor> _wanting = [];
    private byte[] _path = new byte[512];
    private char[] _text = new char[512];
    private int _textLength;
    private int _entries;
    private int _packages;
    private long _ownedPaths;

    private delegate bool HeadQuestion(ReadOnlySpan<char> path, ReadOnlySpan<byte> head);

    public LayerScan ToScan(long wireSize, long uncompressedSize) =>
        new(_detections, _changes.ToMemory(), _gaps.ToList(), wireSize, uncompressedSize, _entries);

    public void TellMissingEnd() => _gaps.Add(ScanGapKind.Malformed, "", "The layer's tar has no end marker; it may have been cut, and files be missing.");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await tar.NextAsync(cancellationToken))
            {
                if (Begin(out var length))
                {
                    await body.ReadAsync(tar.IsSparse ? 0 : IPackageExtractor.HeadLength, cancellationToken);
                    var byPath = _wanting.Count;
                    if (!IsNobodys(length))
                    {
                        await ReadFileAsync(length, byPath, cancellationToken);
                    }
                }
            }

            ReadWithSidecars();
        }
        finally
        {
            body.End();
            body.Release();
            sidecars.Release();
        }
    }

    private ReadOnlySpan<char> PathText => _text.AsSpan(0, _textLength);

    // Everything that needs no body is done here; true asks for the file at the first `length` bytes of _path.
    private bool Begin(out int length)
    {
        if (++_entries > limits.EntriesPerLayer)
        {
            throw new LayerException(LayerError.Limit, $"The layer has more than {limits.EntriesPerLayer} entries.");
        }

        body.End();
        var raw = tar.Name.Span;
        if (raw.Length > _path.Length)
        {
            _path = new byte[raw.Length * 2];
            _text = new char[raw.Length * 2];
        }

        var fate = TarPath.Normalise(raw, _path, limits, out length);
        if (fate != PathFate.Good)
        {
            _gaps.Add(fate == PathFate.LeavesRoot ? ScanGapKind.Malformed : ScanGapKind.Limit, Shown(raw), fate == PathFate.LeavesRoot
                ? "The entry's path leaves the image's root; it was left out."
                : $"The entry's path is longer than {limits.PathBytes} bytes or deeper than {limits.PathDepth} folders; it was left out.");
            return false;
        }

        var path = _path.AsSpan(0, length);
        if (length == 0 || Whiteout(path))
        {
            return false;
        }

        _textLength = TarPath.Decode(path, _text).Length;
        _byPath.Ask(PathText, _wanting);
        switch (tar.Kind)
        {
            case TarEntryKind.File:
                return true;
            case TarEntryKind.HardLink:
                Link(ChangeKind.HardLink, path);
                break;
            case TarEntryKind.Symlink:
                Link(ChangeKind.Symlink, path);
                break;
            default:
                _changes.Add(tar.Kind == TarEntryKind.Directory ? ChangeKind.Directory : ChangeKind.File, path);
                break;
        }

        return false;
    }

    // OCI image-spec, layer.md, "Whiteouts".
    private bool Whiteout(ReadOnlySpan<byte> path)
    {
        var slash = path.LastIndexOf((byte)'/');
        var name = path[(slash + 1)..];
        if (path.StartsWith(".wh..wh."u8) && !path.SequenceEqual(".wh..wh..opq"u8))
        {
            return true;
        }

        if (!name.StartsWith(".wh."u8))
        {
            return false;
        }

        var hidden = name[4..];
        if (hidden.SequenceEqual(".wh..opq"u8))
        {
            _changes.Add(ChangeKind.Opaque, slash < 0 ? [] : path[..slash]);
        }
        else if (hidden.IsEmpty || hidden.SequenceEqual("."u8) || hidden.SequenceEqual(".."u8))
        {
            _gaps.Add(ScanGapKind.Malformed, Shown(path), "The whiteout names nothing that can be deleted; it was left out.");
        }
        else if (!hidden.StartsWith(".wh."u8))
        {
            Span<byte> target = new byte[path.Length - 4];
            path[..(slash + 1)].CopyTo(target);
            hidden.CopyTo(target[(slash + 1)..]);
            _changes.Add(ChangeKind.Whiteout, target);
        }

        return true;
    }

    private bool IsNobodys(int length)
    {
        FindWantingHead();
        if (_wanting.Count > 0)
        {
            return false;
        }

        _changes.Add(ChangeKind.File, _path.AsSpan(0, length));
        return true;
    }

    // What a link leads to depends on the layers below, and on what this one replaced meanwhile: the merge finds it.
    private void Link(ChangeKind kind, ReadOnlySpan<byte> path)
    {
        _changes.Add(kind, path, _wanting.Count, tar.LinkName.Span);
        Keep(_wanting.ConvertAll(extractor => new Detection(extractor.Id, null)));
    }

    private async ValueTask ReadFileAsync(int length, int byPath, CancellationToken cancellationToken)
    {
        var detections = await ReadWantedAsync(PathText.ToString(), byPath, cancellationToken);
        body.End();
        _changes.Add(ChangeKind.File, _path.AsSpan(0, length), detections.Count);
        Keep(detections);
    }

    private void FindWantingHead()
    {
        var path = PathText;
        var head = body.Content;
        if (head.IsEmpty)
        {
            return;
        }

        foreach (var (extractor, wants) in _byHead)
        {
            if (wants(path, head) && !_wanting.Contains(extractor))
            {
                _wanting.Add(extractor);
            }
        }
    }

    private async ValueTask<List<Detection>> ReadWantedAsync(string path, int byPath, CancellationToken cancellationToken)
    {
        var cap = _wanting.Max(extractor => extractor.MaxFileSize);
        if (!tar.IsSparse && tar.Size <= cap)
        {
            await body.ReadAsync((int)tar.Size, cancellationToken);
        }

        var detections = new List<Detection>(_wanting.Count);
        for (var at = 0; at < _wanting.Count; at++)
        {
            var (extractor, isByHead) = (_wanting[at], at >= byPath);
            var scan = Read(extractor, path);
            // Most programs say nothing to most extractors; that a lower layer's file is gone, the change alone tells.
            if (!isByHead || !scan.IsEmpty)
            {
                if (extractor.SidecarSuffix is not null && body.Content.Length == tar.Size)
                {
                    sidecars.Offer(extractor, path, body.Content, _detections.Count + detections.Count);
                }

                detections.Add(new Detection(extractor.Id, scan, isByHead));
            }
        }

        return detections;
    }

    private FileScan Read(IPackageExtractor extractor, string path)
    {
        if (tar.IsSparse)
        {
            return Unread(ScanGapKind.Unsupported, path, "The file is stored as a sparse file, which is not read.");
        }

        if (tar.Size > extractor.MaxFileSize)
        {
            return Unread(ScanGapKind.Limit, path, $"The file is larger than {extractor.MaxFileSize} bytes.");
        }

        return Extract(extractor, path, body.Content, []);
    }

    private static FileScan Extract(IPackageExtractor extractor, string path, ReadOnlySpan<byte> content, ReadOnlySpan<byte> sidecar)
    {
        try
        {
            return sidecar.IsEmpty ? extractor.Extract(path, content) : extractor.Extract(path, content, sidecar);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatLimitException)
        {
            return Unread(exception is FormatLimitException ? ScanGapKind.Limit : ScanGapKind.Malformed, path, $"The file could not be read: {exception.Message}");
        }
    }

    private void ReadWithSidecars()
    {
        foreach (var (file, sidecar) in sidecars.Pairs())
        {
            _detections[file.Detection] = _detections[file.Detection] with { Scan = Extract(file.Extractor, file.Path, file.Content, sidecar.Content) };
            _detections[sidecar.Detection] = _detections[sidecar.Detection] with { Scan = FileScan.Empty };
        }

        foreach (var sidecar in sidecars.Parted().Where(sidecar => _detections[sidecar.Detection].Scan?.IsEmpty == false))
        {
            _detections[sidecar.Detection] = _detections[sidecar.Detection] with
            {
                Scan = Unread(ScanGapKind.Limit, sidecar.Path, $"What this file changes in the one beside it was not read: more than {limits.SidecarBytes} bytes of such files of a layer are not kept."),
            };
        }
    }

    private void Keep(List<Detection> detections)
    {
        foreach (var detection in detections)
        {
            var count = detection.Scan?.Packages.Count ?? 0;
            _packages += count;
            _ownedPaths += detection.Scan?.Owns?.Sum(owned => owned.Paths.Length / sizeof(ulong)) ?? 0;
            _detections.Add(count > 0 && _packages > limits.Components
                ? detection with { Scan = Unread(ScanGapKind.Limit, "", $"The layer has more than {limits.Components} packages.") }
                : _ownedPaths > limits.OwnedPaths && detection.Scan?.Owns is not null ? detection with { Scan = WithoutOwned(detection.Scan) } : detection);
        }

        if (_detections.Count > limits.FilesRead)
        {
            throw new LayerException(LayerError.Limit, $"The layer has more than {limits.FilesRead} package files.");
        }
    }

    private FileScan WithoutOwned(FileScan scan) => scan with
    {
        Owns = null,
        Gaps = [.. scan.Gaps ?? [], new ScanGap(ScanGapKind.Limit, "", $"The layer's package databases list more than {limits.OwnedPaths} files; to which package the rest belongs is not known.")],
    };

    private static FileScan Unread(ScanGapKind kind, string path, string reason) => new([], null, [new ScanGap(kind, path, DisplayText.Sanitise(reason, 500))]);

    private static string Shown(ReadOnlySpan<byte> path) => DisplayText.Sanitise(TarPath.Decode(path), 500);
}
