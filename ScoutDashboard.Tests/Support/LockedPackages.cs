using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ScoutDashboard.Tests.Support;

/// <summary>The packages of the product, as its lock file pins them and as each tells of itself.</summary>
internal static class LockedPackages
{
    // PrivateAssets="all": nothing of it, nor of what only it needs, is published.
    private const string OnlyForBuilding = "Microsoft.EntityFrameworkCore.Design";

    public static IReadOnlyList<LockedPackage> Read()
    {
        var all = JsonNode.Parse(File.ReadAllText(Path.Combine(BuildFacts.Repository, "ScoutDashboard/packages.lock.json")))!["dependencies"]!["net10.0"]!.AsObject()
            .ToDictionary(package => package.Key, package => package.Value!, StringComparer.OrdinalIgnoreCase);
        var shipped = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<string>(all.Where(package => (string?)package.Value["type"] == "Direct" && package.Key != OnlyForBuilding).Select(package => package.Key));
        while (open.TryDequeue(out var name))
        {
            if (shipped.Add(name))
            {
                foreach (var needed in all[name]["dependencies"]?.AsObject() ?? [])
                {
                    open.Enqueue(needed.Key);
                }
            }
        }

        return [.. all.Select(package => Describe(package.Key, (string)package.Value["resolved"]!, shipped.Contains(package.Key))).OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static LockedPackage Describe(string name, string version, bool isShipped)
    {
        var folder = Path.Combine(BuildFacts.PackageFolder, name.ToLowerInvariant(), version.ToLowerInvariant());
        var metadata = XDocument.Load(Path.Combine(folder, $"{name.ToLowerInvariant()}.nuspec")).Root!.Elements().Single(element => element.Name.LocalName == "metadata").Elements()
            .ToDictionary(element => element.Name.LocalName);
        // A licence that is a file, or an address, is none that is known by its name.
        var license = metadata.GetValueOrDefault("license") is { } told && (string?)told.Attribute("type") == "expression" ? told.Value : "unknown";
        var address = ((string?)metadata["repository"].Attribute("url") ?? "").Replace("git://", "https://", StringComparison.Ordinal);
        var notices = Directory.EnumerateFiles(folder).FirstOrDefault(file => Path.GetFileName(file).StartsWith("THIRD-PARTY-NOTICES", StringComparison.OrdinalIgnoreCase));
        return new LockedPackage(
            name, version, license, (metadata.GetValueOrDefault("copyright") ?? metadata["authors"]).Value.Trim(), address.EndsWith(".git", StringComparison.Ordinal) ? address[..^4] : address, isShipped, notices);
    }
}

/// <param name="License">SPDX expression, or "unknown".</param>
/// <param name="Notices">Its file with notices of what it holds of others; null where it has none.</param>
internal sealed record LockedPackage(string Name, string Version, string License, string Copyright, string Address, bool IsShipped, string? Notices)
{
    /// <summary>Its line in the table of notices.</summary>
    public string Row => $"| {Name} | {Version} | {License} | {Copyright} | {Address} | {(IsShipped ? "in the program" : "for building")} |";
}
