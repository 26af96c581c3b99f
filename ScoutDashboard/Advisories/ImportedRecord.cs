using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>What is stored of a record, without the record: of thousands that wait for one transaction, what they were read into would fill the memory.</summary>
internal sealed record ImportedRecord(Advisory Row, IReadOnlyList<AffectedPackage> Packages)
{
    private const int MaxSummary = 300;

    /// <param name="record">What it says.</param>
    /// <param name="document">As it is stored.</param>
    public ImportedRecord(OsvRecord record, byte[] document)
        : this(RowOf(record, document), PackagesOf(record))
    {
    }

    private static Advisory RowOf(OsvRecord record, byte[] document) => new()
    {
        Id = record.Id, Modified = record.Modified, Published = record.Published, Withdrawn = record.Withdrawn, Summary = SummaryOf(record), Document = document, Matching = OsvMatching.Encode(record),
    };

    // Distributions often write details only: then its first line has to do.
    private static string SummaryOf(OsvRecord record)
    {
        var text = record.Summary.AsSpan().Trim();
        text = text.IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text;
        return text.Length > MaxSummary ? $"{text[..MaxSummary]}…" : text.ToString();
    }

    private static List<AffectedPackage> PackagesOf(OsvRecord record)
    {
        var packages = new List<AffectedPackage>(1);
        var named = new HashSet<(string Ecosystem, string Name)>();
        foreach (var affected in record.Affected)
        {
            var general = new Ecosystem(affected.Ecosystem).Base;
            var name = AdvisoryNames.Normalise(general, affected.Name);
            if (named.Add((affected.Ecosystem, name)))
            {
                packages.Add(new AffectedPackage { AdvisoryId = record.Id, Ecosystem = affected.Ecosystem, EcosystemBase = general, Name = name });
            }
        }

        return packages;
    }
}
