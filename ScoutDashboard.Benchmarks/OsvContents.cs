using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ScoutDashboard.Benchmarks;

/// <summary>
/// Made-up advisories in the shape that npm's have in OSV's archives: without white space, a summary, a page of Markdown, some references, one to three packages with one or two ranges
/// each, a vector; every ninth lists versions, too. 40,000 package names, some named far more often than others. Always the same.
/// </summary>
internal static class OsvContents
{
    public const string Ecosystem = "npm";
    private const int Names = 40_000;
    private static readonly DateTime First = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Words = ["the", "attacker", "can", "request", "parser", "of", "a", "crafted", "payload", "header", "memory", "to", "prototype", "pollution", "buffer", "in", "versions", "before", "service", "denial"];

    /// <summary>An ecosystem's <c>all.zip</c>.</summary>
    public static void WriteArchive(string path, int records)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var number in Enumerable.Range(0, records))
        {
            using var entry = zip.CreateEntry($"{IdOf(number)}.json", CompressionLevel.Optimal).Open();
            entry.Write(Record(number, revision: 0));
        }
    }

    public static string IdOf(int number) => $"GHSA-made-{number / 10_000:d4}-{number % 10_000:d4}";

    /// <summary>A record as JSON; a higher <paramref name="revision"/> is a later one that moves the fix.</summary>
    public static byte[] Record(int number, int revision)
    {
        var random = new Random(number);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("schema_version", "1.7.0");
            json.WriteString("id", IdOf(number));
            json.WriteString("modified", First.AddMinutes(number).AddYears(revision).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteString("published", First.AddMinutes(number).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteStartArray("aliases");
            json.WriteStringValue($"CVE-2024-{100_000 + number}");
            json.WriteEndArray();
            json.WriteString("summary", Text(random, 10));
            json.WriteString("details", $"### Impact\n{Text(random, random.Next(40, 160))}\n\n### Patches\n{Text(random, 30)}\n\n### References\n{Text(random, 15)}");
            json.WriteStartArray("severity");
            json.WriteStartObject();
            json.WriteString("type", "CVSS_V3");
            json.WriteString("score", $"CVSS:3.1/AV:N/AC:{"LH"[random.Next(2)]}/PR:{"NLH"[random.Next(3)]}/UI:N/S:U/C:{"NLH"[random.Next(3)]}/I:N/A:H");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("affected");
            for (var package = random.Next(3) == 0 ? 2 + random.Next(2) : 1; package > 0; package--)
            {
                Affected(json, random, number, revision);
            }

            json.WriteEndArray();
            json.WriteStartArray("references");
            for (var reference = random.Next(3, 9); reference > 0; reference--)
            {
                json.WriteStartObject();
                json.WriteString("type", "WEB");
                json.WriteString("url", $"https://example.org/{random.Next():x8}/commit/{random.NextInt64():x16}{random.NextInt64():x16}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("database_specific");
            json.WriteStartArray("cwe_ids");
            json.WriteStringValue($"CWE-{random.Next(20, 1300)}");
            json.WriteEndArray();
            json.WriteString("severity", "MODERATE");
            json.WriteBoolean("github_reviewed", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>The name with this rank; names of a low rank are in many advisories.</summary>
    public static string NameOf(int rank) => rank % 4 == 0 ? $"@scope-{rank % 97}/package-{rank}" : $"package-{rank}";

    private static void Affected(Utf8JsonWriter json, Random random, int number, int revision)
    {
        json.WriteStartObject();
        json.WriteStartObject("package");
        json.WriteString("ecosystem", Ecosystem);
        json.WriteString("name", NameOf((int)(Names * Math.Pow(random.NextDouble(), 2))));
        json.WriteEndObject();
        json.WriteStartArray("ranges");
        json.WriteStartObject();
        json.WriteString("type", "SEMVER");
        json.WriteStartArray("events");
        for (var (range, major) = (random.Next(1, 3), 0); range > 0; range--, major += random.Next(1, 4))
        {
            json.WriteStartObject();
            json.WriteString("introduced", major == 0 ? "0" : $"{major}.0.0");
            json.WriteEndObject();
            json.WriteStartObject();
            json.WriteString("fixed", $"{major}.{random.Next(20)}.{random.Next(1, 9) + revision}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        if (number % 9 == 0)
        {
            json.WriteStartArray("versions");
            for (var version = random.Next(60); version > 0; version--)
            {
                json.WriteStringValue($"0.{version}.0");
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Text(Random random, int words)
    {
        var text = new StringBuilder();
        for (var word = 0; word < words; word++)
        {
            text.Append(Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 2))]).Append(random.Next(9) == 0 ? random.Next(100_000).ToString(CultureInfo.InvariantCulture) : "").Append(' ');
        }

        return text.ToString();
    }
}
