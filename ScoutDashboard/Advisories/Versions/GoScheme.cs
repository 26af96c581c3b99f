using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>The order of Go's modules, which is SemVer (go.dev/ref/mod, pseudo-versions included), and of Go's own releases as its tools name them: <c>go1.21rc2</c>.</summary>
internal sealed class GoScheme : IVersionScheme
{
    public string Name => "go";

    public int? Compare(string left, string right) => VersionSchemes.SemVer.Compare(Module(left), Module(right));

    private static string Module(string version) => version.StartsWith("go", StringComparison.Ordinal) || !version.Contains('-') ? GoRelease.ToSemVer(version) : version;
}
