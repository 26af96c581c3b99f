using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>What is known of an image's base. Neither part is "nobody knows", not "it has none".</summary>
/// <param name="Declared">What the image says of it.</param>
/// <param name="Known">An image of the organization whose layers are the lowest of this one: the declared one where that is so, else the one with the most layers.</param>
public sealed record BaseImage(DeclaredBase? Declared, KnownBase? Known);

/// <summary>An image of the organization whose layers are the lowest of another.</summary>
/// <param name="Tag">A tag that points, or pointed, at it.</param>
/// <param name="Layers">How many layers it has.</param>
/// <param name="Steps">Of the other image's history, how many steps are its.</param>
/// <param name="IsDeclared">Whether the other image says so, too.</param>
/// <param name="Sides">Where the vulnerabilities come from; null where the other image was not matched against advisories.</param>
/// <param name="Newer">What its tag points at now, where that is something newer.</param>
public sealed record KnownBase(
    long ImageId, string Registry, string Repository, string? Tag, string Digest, bool IsDeleted, int Layers, int Steps, bool IsDeclared, SeverityCountsBySide? Sides, NewerBase? Newer)
{
    /// <summary>What a person calls it: <c>repository:tag</c>, else <c>repository@digest</c>; sanitised.</summary>
    public string Name => DisplayText.Sanitise(Tag is not null ? $"{Repository}:{Tag}" : Images.Digest.TryParse(Digest, out var digest) ? $"{Repository}@{digest.Short}" : Repository, 300);
}

/// <summary>An image's vulnerabilities, each once with its highest severity: those in a package of a base's layer, and the rest.</summary>
public sealed record SeverityCountsBySide(SeverityCounts Base, SeverityCounts Own);

/// <summary>What a base's tag points at now. ImageId is null where it was not analysed.</summary>
public sealed record NewerBase(string Tag, DateTime PushedAt, long? ImageId);
