namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>What Maven calls a package: group, where it is known, artifact and version.</summary>
internal sealed record MavenCoordinates(string? Group, string Artifact, string Version)
{
    private const int MaxLength = 200;

    /// <summary>As advisories write it; the bare artifact where the group is unknown.</summary>
    public string Name => Group is null ? Artifact : $"{Group}:{Artifact}";

    /// <summary>Null where one of them is missing or holds what no repository takes, such as an unresolved <c>${revision}</c>.</summary>
    public static MavenCoordinates? TryCreate(string? group, string? artifact, string? version) =>
        IsId(group) && IsId(artifact) && IsText(version, "._-+~") ? new MavenCoordinates(group!, artifact!, version!) : null;

    /// <summary>Whether a text may be a group or an artifact (maven-model-validator: letters, digits, <c>_ - .</c>).</summary>
    public static bool IsId(string? text) => IsText(text, "._-");

    /// <summary>Whether a text that nobody calls a version looks like one: it begins with a digit.</summary>
    public static bool IsVersion(string? text) => IsText(text, "._-+~") && char.IsAsciiDigit(text![0]);

    private static bool IsText(string? text, string others) =>
        text is { Length: > 0 and <= MaxLength } && text.All(character => char.IsAsciiLetterOrDigit(character) || others.Contains(character));
}
