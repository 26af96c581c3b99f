using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Advisories;

namespace ScoutDashboard.Tests.Support;

/// <summary>A folder laid out as the OSV bucket, written by the test; also good as <c>Advisories:Source</c> of a real process.</summary>
public sealed class AdvisoryFolder : IDisposable
{
    private readonly Dictionary<string, SortedDictionary<string, string>> _records = new(StringComparer.Ordinal);

    public string Path { get; } = Directory.CreateTempSubdirectory("scout-osv-").FullName;

    /// <summary>Adds a record that affects every version below <paramref name="fixedVersion"/>, or all where that is null.</summary>
    public AdvisoryFolder Add(string ecosystem, string package, string id, string? fixedVersion, string? cve = null, string? vector = null, string details = "", DateTime? modified = null)
    {
        var events = new List<Dictionary<string, string>> { new() { ["introduced"] = "0" } };
        if (fixedVersion is not null)
        {
            events.Add(new() { ["fixed"] = fixedVersion });
        }

        return Add(ecosystem, id, JsonSerializer.Serialize(new
        {
            schema_version = "1.7.0",
            id,
            modified = (modified ?? new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            published = "2026-10-01T00:00:00Z",
            aliases = cve is null || id == cve ? Array.Empty<string>() : [cve],
            summary = $"A fault in {package}",
            details,
            severity = vector is null ? Array.Empty<object>() : [new { type = vector.StartsWith("CVSS:4", StringComparison.Ordinal) ? "CVSS_V4" : "CVSS_V3", score = vector }],
            affected = new[] { new { package = new { ecosystem, name = package }, ranges = new[] { new { type = "ECOSYSTEM", events } } } },
            references = new[] { new { type = "WEB", url = $"https://example.org/{id}" } },
        }));
    }

    /// <summary>Adds a record as it is, and writes the archive of its ecosystem anew.</summary>
    public AdvisoryFolder Add(string ecosystem, string id, string json)
    {
        var name = ecosystem.Split(':')[0];
        if (!_records.TryGetValue(name, out var records))
        {
            _records[name] = records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        }

        records[id] = json;
        Write(name);
        return this;
    }

    /// <summary>Writes a catalog of known exploited vulnerabilities, and scores, that name one CVE.</summary>
    public AdvisoryFolder AddExploitation(string cve, double probability, double percentile)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "kev.json"), $$"""{"vulnerabilities": [{"cveID": "{{cve}}", "dateAdded": "2026-11-01", "dueDate": "2026-11-22", "knownRansomwareCampaignUse": "Known", "requiredAction": "Update."}]}""");
        using var scores = new GZipStream(File.Create(System.IO.Path.Combine(Path, "epss.csv.gz")), CompressionLevel.Fastest);
        scores.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\n{cve},{probability},{percentile}\n")));
        return this;
    }

    /// <summary>Writes a file of another feed than the bucket's.</summary>
    public AdvisoryFolder AddFile(string path, string text)
    {
        var file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public AdvisoryFolder Remove(string ecosystem, string id)
    {
        _records[ecosystem].Remove(id);
        File.Delete(System.IO.Path.Combine(Path, ecosystem, $"{id}.json"));
        Write(ecosystem);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private void Write(string name)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        using (var archive = new ZipArchive(File.Create(System.IO.Path.Combine(folder, "all.zip")), ZipArchiveMode.Create))
        {
            foreach (var (id, json) in _records[name])
            {
                using var entry = archive.CreateEntry($"{id}.json").Open();
                entry.Write(Encoding.UTF8.GetBytes(json));
            }
        }

        foreach (var (id, json) in _records[name])
        {
            File.WriteAllText(System.IO.Path.Combine(folder, $"{id}.json"), json);
        }

        // Newest first, as the bucket has it; what is no record has no line.
        File.WriteAllLines(System.IO.Path.Combine(folder, "modified_id.csv"), _records[name]
            .Select(record => (Id: record.Key, Record: AdvisoryItem.Parse(record.Key, Encoding.UTF8.GetBytes(record.Value)).Record)).Where(item => item.Record is not null)
            .OrderByDescending(item => item.Record!.Modified).Select(item => $"{item.Record!.Modified.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture)},{item.Id}"));
        File.WriteAllLines(System.IO.Path.Combine(Path, "ecosystems.txt"), _records.Keys);
    }
}
