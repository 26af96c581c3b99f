namespace ScoutDashboard.Exceptions;

/// <summary>A finding as far as exceptions go: a vulnerability in a package of an image.</summary>
/// <param name="Names">The vulnerability's id and its further CVEs.</param>
/// <param name="Purl">The package's, canonical, with its version.</param>
public sealed record ExceptionSubject(IReadOnlyCollection<string> Names, string Purl, ImagePlace Place);

/// <summary>An image as exceptions name it: the registry's login server, the repository's name in it, and the manifest's digest.</summary>
public readonly record struct ImagePlace(string Registry, string Repository, string Digest);
