namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>One entry of a random layer.</summary>
public sealed record TarOperation(TarOperationKind Kind, string Path, string Target, string Content);

public enum TarOperationKind { File, Folder, Symlink, HardLink, Whiteout, Opaque }

/// <summary>The slow and obvious model: unpacks every file of every layer into a dictionary by real path, and compares whole snapshots.</summary>
internal sealed class UnpackedImage
{
    // Real path to: "d" a folder, "l<target>" a link, "f<content>" a file. Folders above an entry always exist.
    private readonly Dictionary<string, string> _state = new(StringComparer.Ordinal);

    public static IEnumerable<string> Packages(TarOperation[][] layers)
    {
        var image = new UnpackedImage();
        var snapshots = new List<HashSet<string>>();
        foreach (var layer in layers)
        {
            foreach (var operation in layer)
            {
                image.Hide(operation);
            }

            foreach (var operation in layer)
            {
                image.Unpack(operation);
            }

            snapshots.Add([.. image._state.Where(entry => entry.Value[0] == 'f' && entry.Key.EndsWith(".pkg", StringComparison.Ordinal))
                .SelectMany(entry => entry.Value[1..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{entry.Key}: {line}"))]);
        }

        return snapshots[^1].Select(line => $"{line} #{snapshots.FindLastIndex(snapshot => !snapshot.Contains(line)) + 1}").Order(StringComparer.Ordinal);
    }

    private void Hide(TarOperation operation)
    {
        if (operation.Kind == TarOperationKind.Whiteout && Real(operation.Path) is { } path && Above(path).All(IsFolder))
        {
            Remove(path);
        }
        else if (operation.Kind == TarOperationKind.Opaque && Real(operation.Path + "/x") is { } inside)
        {
            foreach (var child in _state.Keys.Where(key => key.StartsWith(Parent(inside) + "/", StringComparison.Ordinal)).ToList())
            {
                _state.Remove(child);
            }
        }
    }

    private void Unpack(TarOperation operation)
    {
        if (operation.Kind is TarOperationKind.Whiteout or TarOperationKind.Opaque)
        {
            return;
        }

        var linked = operation.Kind == TarOperationKind.HardLink && Real(operation.Target) is { } from && Above(from).All(IsFolder)
            && from.EndsWith(".pkg", StringComparison.Ordinal) && _state.TryGetValue(from, out var found) && found[0] == 'f' ? found : "f";
        if (Real(operation.Path) is not { } path)
        {
            return;
        }

        foreach (var folder in Above(path).Where(folder => !IsFolder(folder)))
        {
            _state[folder] = "d";
        }

        if (operation.Kind == TarOperationKind.Folder && _state.GetValueOrDefault(path) == "d")
        {
            return;
        }

        Remove(path);
        _state[path] = operation.Kind switch
        {
            TarOperationKind.File => "f" + operation.Content,
            TarOperationKind.Symlink => "l" + operation.Target,
            TarOperationKind.HardLink => linked,
            _ => "d",
        };
    }

    private bool IsFolder(string path) => _state.GetValueOrDefault(path) == "d";

    private void Remove(string path)
    {
        foreach (var key in _state.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            _state.Remove(key);
        }
    }

    // Follows links in all names but the last; names that are not there are taken as written.
    private string? Real(string path)
    {
        var done = new List<string>();
        var todo = new LinkedList<string>(path.Split('/'));
        for (var hops = 0; todo.First is { } name;)
        {
            todo.RemoveFirst();
            if (name.Value is "" or ".")
            {
                continue;
            }

            if (name.Value == "..")
            {
                done = [.. done.SkipLast(1)];
                continue;
            }

            done.Add(name.Value);
            if (todo.Count > 0 && _state.TryGetValue(string.Join('/', done), out var node) && node[0] == 'l')
            {
                if (++hops > 40)
                {
                    return null;
                }

                done = node[1] == '/' ? [] : [.. done.SkipLast(1)];
                foreach (var part in node[1..].Split('/').Reverse())
                {
                    todo.AddFirst(part);
                }
            }
        }

        return string.Join('/', done);
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1))
        {
            yield return path[..at];
        }
    }

    private static string Parent(string path) => path[..path.LastIndexOf('/')];
}
