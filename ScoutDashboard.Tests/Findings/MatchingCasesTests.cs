using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class MatchingCasesTests
{
    [SharedFact]
    public void EveryHandMadeCaseIsJudgedRight()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.PathOf("cases", "semantics.json")));
        var wrong = new List<string>();
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            Assert.True(OsvReader.TryParse(Encoding.UTF8.GetBytes(item.GetProperty("advisory").GetRawText()), out var record));
            var isAffected = AdvisoryMatcher.Match(Target(item), [record]).Any(found => found.Verdict == Verdict.Affected);
            if (isAffected != item.GetProperty("affected").GetBoolean())
            {
                wrong.Add(item.GetProperty("why").GetString() + " " + item.GetProperty("version").GetString());
            }
        }

        Assert.Equal(55, cases.RootElement.GetArrayLength());
        Assert.Empty(wrong);
    }

    [SharedFact]
    public void EveryRealCaseFindsExactlyItsAdvisories()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.PathOf("cases", "open.json")));
        var bases = cases.RootElement.EnumerateArray().GroupBy(item => Target(item).EcosystemBase).ToList();
        var (run, ofModules) = (0, 0);
        var wrong = new List<string>();
        foreach (var ecosystem in bases)
        {
            Assert.NotNull(VersionSchemes.Find(ecosystem.Key));
            var records = Records(ecosystem.Key);
            foreach (var item in ecosystem)
            {
                var target = Target(item);
                var matched = AdvisoryMatcher.Match(target, [.. records[AdvisoryNames.Normalise(ecosystem.Key, target.Name)]]);
                // Of a package of a module nobody can say as long as its stream is not told: the range of another stream holds as well.
                var undecided = matched.Where(found => found.Verdict == Verdict.Undecided && target.Version.Contains(".module") && found.Reason!.Contains("stream")).ToList();
                ofModules += undecided.Count > 0 ? 1 : 0;
                var found = matched.Where(found => found.Verdict == Verdict.Affected).Concat(undecided).SelectMany(found => found.AdvisoryIds).Distinct().Order(StringComparer.Ordinal);
                var expected = item.GetProperty("expected").EnumerateArray().Select(id => id.GetString()!).Order(StringComparer.Ordinal).ToList();
                run++;
                if (!expected.SequenceEqual(found))
                {
                    wrong.Add($"{target} ({item.GetProperty("kind").GetString()}): expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {run}:\n{string.Join('\n', wrong.Take(20))}");
        Assert.Equal((3285, 91), (run, ofModules));
    }

    private static MatchTarget Target(JsonElement item) => new(
        item.GetProperty("ecosystem").GetString()!, Text(item, "source") ?? item.GetProperty("name").GetString()!, Text(item, "sourceVersion") ?? item.GetProperty("version").GetString()!);

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ILookup<string, OsvRecord> Records(string ecosystemBase)
    {
        using var zip = ZipFile.OpenRead(SharedData.PathOf("advisories", ecosystemBase, "all.zip"));
        var records = new List<OsvRecord>();
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            if (OsvReader.TryParse(content.ToArray(), out var record))
            {
                records.Add(record);
            }
        }

        return records.SelectMany(record => record.Affected.Where(a => new Ecosystem(a.Ecosystem).Base == ecosystemBase)
            .Select(a => AdvisoryNames.Normalise(ecosystemBase, a.Name)).Distinct().Select(name => (Name: name, Record: record))).ToLookup(pair => pair.Name, pair => pair.Record);
    }
}
