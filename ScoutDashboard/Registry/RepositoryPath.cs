namespace ScoutDashboard.Registry;

/// <summary>Writes names that others chose into paths; refuses those that would lead elsewhere (OCI distribution-spec, "Pulling manifests").</summary>
internal static class RepositoryPath
{
    /// <summary>The repository's part of a path; ACR takes it with its slashes as they are.</summary>
    public static string Of(string repository) => IsRepository(repository) ? repository
        : throw new RegistryException(RegistryError.NotFound, "The registry has no repository of this name: it is not a valid name.");

    public static string Manifest(string repository, string reference) => IsReference(reference) ? $"v2/{Of(repository)}/manifests/{reference}"
        : throw new RegistryException(RegistryError.NotFound, "The repository has no image of this tag: it is not a valid tag.");

    /// <summary>Segments of letters, digits and separators; upper case is forgiven.</summary>
    public static bool IsRepository(string name) => name.Length is > 0 and <= 255
        && name.Split('/').All(segment => segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    /// <summary><c>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}</c></summary>
    public static bool IsTag(string name) => name.Length is > 0 and <= 128 && name[0] is not ('.' or '-')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsReference(string reference) => Images.Digest.TryParse(reference, out _) || IsTag(reference);
}
