namespace ScoutDashboard.Tests.Support;

/// <summary>Fails a test where a secret of <see cref="TestSecrets"/> stands in what was kept, logged, measured or answered, and names the place and the kind.</summary>
internal static class SecretSearch
{
    private const int PartBytes = 16 * 1024 * 1024, Overlap = 16 * 1024;

    /// <summary>What is meant to be shown once, to whom it is made for: where, and why.</summary>
    private static readonly (string Kind, string Place, string Reason)[] Shown =
    [
        ("API key", "circuits of /settings/api-keys", "It is shown when it is made, and never again."),
        ("one-time link", "circuits of /settings/members", "It is shown when it is made, and never again."),
        ("one-time link", "console", "Who has no account yet finds it there."),
        ("authenticator key", "circuits of /settings/account", "It is shown until a code confirms it."),
        ("webhook key", "circuits of /integrations/acr", "Whoever deploys by hand gets the address that events go to."),
        ("webhook key", "answers of /templates/", "The template has Azure send events to that address, and its own key is as unguessable."),
        ("template key", "circuits of /integrations/acr", "Azure's portal is told the template's address."),
    ];

    /// <param name="places">What each is called, and what it holds.</param>
    /// <exception cref="InvalidOperationException">There are some.</exception>
    public static void Check(params IEnumerable<(string Name, byte[] Content)> places)
    {
        var found = places.SelectMany(place => TestSecrets.In(place.Content).Where(kind => !IsShown(kind, place.Name)).Select(kind => $"{kind} in {place.Name}")).Distinct().Order().ToList();
        if (found.Count > 0)
        {
            throw new InvalidOperationException($"Secrets lie open: {string.Join("; ", found)}.");
        }
    }

    /// <summary>All files of a data folder but the keys that close what is closed there.</summary>
    public static IEnumerable<(string Name, byte[] Content)> FilesOf(string folder) =>
        from file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        where file.Directory!.Name != "keys" && file.Length > 0
        from part in PartsOf(file)
        select (Path.GetRelativePath(folder, file.FullName), part);

    // Some are larger than what can be held. A secret between two parts stands whole in one of them.
    private static IEnumerable<byte[]> PartsOf(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (var start = 0L; start < stream.Length; start += PartBytes - Overlap)
        {
            stream.Position = start;
            var part = new byte[Math.Min(PartBytes, stream.Length - start)];
            stream.ReadExactly(part);
            yield return part;
        }
    }

    private static bool IsShown(string kind, string place) => Shown.Any(shown => shown.Kind == kind && place.StartsWith(shown.Place, StringComparison.Ordinal));
}
