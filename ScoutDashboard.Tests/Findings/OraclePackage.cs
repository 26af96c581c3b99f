using System.IO.Compression;
using System.Text.RegularExpressions;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>A package of one release, and what the shared advisories say of it.</summary>
/// <param name="Ecosystem">With release.</param>
/// <param name="Base">Without.</param>
internal sealed record OraclePackage(string Ecosystem, string Base, string Name, IReadOnlyList<OracleSaying> Sayings)
{
    private const string Pro = "Ubuntu:Pro:";

    /// <summary>Every package of an ecosystem, but of those of which its records say the same only one: an update of a distribution names hundreds that are built together.</summary>
    public static IReadOnlyList<OraclePackage> All(string ecosystemBase)
    {
        var sayings = Records(ecosystemBase).SelectMany(pair => pair.Record.Entries.Where(entry => entry.Ecosystem.Split(':')[0] == ecosystemBase)
            .Select(entry => (entry.Ecosystem, Name: Spelt(ecosystemBase, entry.Name))).Distinct().Select(package => (package, pair))).ToLookup(pair => pair.package, pair => pair.pair);
        return [.. sayings.Select(group => Of(group.Key.Ecosystem, group.Key.Name)).DistinctBy(package => package.Said())];

        OraclePackage Of(string ecosystem, string name) => new(
            ecosystem, ecosystemBase, name, [.. Names(ecosystem).SelectMany(of => sayings[(of, name)]).DistinctBy(pair => pair.Record.Id)
                .Select(pair => new OracleSaying(pair.Record, [.. Entries(pair.Record, ecosystem, name)], pair.Stored))]);

        IEnumerable<OracleEntry> Entries(OracleRecord record, string ecosystem, string name)
        {
            var named = record.Entries.Where(entry => Spelt(ecosystemBase, entry.Name) == name).ToLookup(entry => entry.Ecosystem);
            // What extended maintenance says of its own builds goes before what the release says.
            return ecosystem.StartsWith(Pro, StringComparison.Ordinal) && named.Contains(ecosystem) ? named[ecosystem] : Names(ecosystem).SelectMany(of => named[of]);
        }

        IEnumerable<string> Names(string ecosystem) =>
            new[] { ecosystem, ecosystemBase, ecosystem.StartsWith(Pro, StringComparison.Ordinal) ? $"Ubuntu:{ecosystem[Pro.Length..]}" : ecosystem }.Distinct();
    }

    private static List<(OracleRecord Record, OsvRecord? Stored)> Records(string ecosystemBase)
    {
        using var zip = ZipFile.OpenRead(SharedData.PathOf("advisories", ecosystemBase, "all.zip"));
        var records = new List<(OracleRecord, OsvRecord?)>();
        foreach (var member in zip.Entries)
        {
            using var content = new MemoryStream();
            using var stream = member.Open();
            stream.CopyTo(content);
            // As the product keeps it, and without what only rates it.
            var stored = OsvReader.TryParse(content.ToArray(), out var read) ? OsvMatching.Read(OsvMatching.Encode(read with { Severity = [] })) : null;
            records.Add((OracleRecord.Parse(content.ToArray()), stored));
        }

        return records;
    }

    private string Said() => string.Join('\n', Sayings.Select(saying => $"{saying.Record.Id} {string.Join(' ', saying.Entries.Select(entry =>
        $"{string.Join(',', entry.Versions)} {string.Join(' ', entry.Ranges.Select(range => $"{range.Type} {string.Join(',', range.Events)}"))}"))}").Order(StringComparer.Ordinal).Prepend(Ecosystem));

    private static string Spelt(string ecosystemBase, string name) => ecosystemBase switch
    {
        "PyPI" => Regex.Replace(name.ToLowerInvariant(), "[-_.]+", "-"),
        "NuGet" or "Packagist" => name.ToLowerInvariant(),
        _ => name,
    };
}

/// <param name="Entries">Those of the record that are about the package in this release.</param>
/// <param name="Stored">The record as the product reads and keeps it; null where it refuses it.</param>
internal sealed record OracleSaying(OracleRecord Record, IReadOnlyList<OracleEntry> Entries, OsvRecord? Stored);
