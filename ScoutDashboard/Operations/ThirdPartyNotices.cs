using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>The packages that this program is made of, and their licences: what <c>Licences/THIRD-PARTY-NOTICES.md</c> says.</summary>
public static class ThirdPartyNotices
{
    /// <summary>The licence of the program itself, SPDX.</summary>
    public const string OwnLicense = "Apache-2.0";

    private const string Resource = "THIRD-PARTY-NOTICES.md";
    private const string Shipped = "in the program";

    private static readonly string Document = Read();

    /// <summary>In order of name.</summary>
    public static IReadOnlyList<ThirdPartyPackage> Packages { get; } = [.. Document.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(Parse)];

    /// <summary>The texts of the licences, Markdown.</summary>
    public static string Texts { get; } = Document[Document.IndexOf("\n## ", StringComparison.Ordinal)..].Trim();

    /// <summary>The SPDX identifier of a package's licence; null where this version of it is not ours.</summary>
    public static string? LicenseOf(string name, string version) =>
        Packages.FirstOrDefault(package => package.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && package.Version == version)?.License;

    private static string Read()
    {
        using var reader = new StreamReader(typeof(ThirdPartyNotices).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} was not built in."));
        return reader.ReadToEnd();
    }

    private static ThirdPartyPackage Parse(string line) => line.Split('|', StringSplitOptions.TrimEntries) is ["", var name, var version, var license, var copyright, var address, var use, ""]
        ? new ThirdPartyPackage(name, version, license, copyright, address, use == Shipped) : throw new InvalidDataException($"{Resource}: {DisplayText.Sanitise(line)}");
}

/// <param name="License">SPDX identifier.</param>
/// <param name="IsShipped">Whether it is in the program; else it only helps to build it.</param>
public sealed record ThirdPartyPackage(string Name, string Version, string License, string Copyright, string Address, bool IsShipped);
