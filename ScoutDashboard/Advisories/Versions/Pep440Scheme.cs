namespace ScoutDashboard.Advisories.Versions;

/// <summary>Python's order (PEP 440). Legacy versions, which no current tool accepts, can't be compared.</summary>
internal sealed class Pep440Scheme : IVersionScheme
{
    public string Name => "pep440";

    public int? Compare(string left, string right) =>
        Pep440Version.Parse(left) is { } a && Pep440Version.Parse(right) is { } b ? a.CompareTo(b) : null;
}
