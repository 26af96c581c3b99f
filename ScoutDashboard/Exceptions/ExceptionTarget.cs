namespace ScoutDashboard.Exceptions;

/// <summary>What a page offers to make an exception for.</summary>
/// <param name="Images">The narrower scopes: an image or all images of its repository; the whole organization can always be chosen. The first is proposed.</param>
/// <param name="Purls">Packages that have the vulnerability. The first is proposed where <paramref name="HasPackage"/>, else any package.</param>
public sealed record ExceptionTarget(string VulnerabilityId, IReadOnlyList<ScopeChoice> Images, IReadOnlyList<string> Purls, bool HasPackage);

/// <summary>A scope that can be chosen.</summary>
/// <param name="ImageId">The image, or one of the repository.</param>
/// <param name="Repository">With its registry.</param>
/// <param name="Image">What to call the image; null where all of the repository is meant.</param>
public sealed record ScopeChoice(long ImageId, string Repository, string? Image);
