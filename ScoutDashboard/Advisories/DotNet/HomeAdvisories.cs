using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.DotNet;

/// <summary>The advisories on NuGet packages, by the CVE that they are about: they tell the package, and so more than a list of releases.</summary>
internal sealed class HomeAdvisories
{
    private readonly Dictionary<string, List<OsvRecord>> _byCve = new(StringComparer.Ordinal);
    private readonly IncrementalHash _stamp = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private HomeAdvisories()
    {
    }

    /// <summary>Tells this state of the advisories from others.</summary>
    public string Stamp { get; private set; } = "";

    /// <summary>Those in the database, of the OSV bucket.</summary>
    public static Task<HomeAdvisories> ReadAsync(ScoutDb db, CancellationToken cancellationToken) => OfAsync(StoredAsync(db, cancellationToken), cancellationToken);

    public static async Task<HomeAdvisories> OfAsync(IAsyncEnumerable<OsvRecord> records, CancellationToken cancellationToken)
    {
        var home = new HomeAdvisories();
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            home.Add(record);
        }

        home.Stamp = Convert.ToHexStringLower(home._stamp.GetHashAndReset());
        home._stamp.Dispose();
        return home;
    }

    /// <summary>Those on a CVE that are not withdrawn.</summary>
    public IReadOnlyList<OsvRecord> On(string cve) => _byCve.GetValueOrDefault(cve, []);

    private void Add(OsvRecord record)
    {
        var named = record.Affected.Where(entry => new Ecosystem(entry.Ecosystem).Base == Ecosystem.NuGet).ToList();
        var cves = record.Aliases.Prepend(record.Id).Where(CveId.IsValid).Distinct().ToList();
        if (record.Withdrawn is not null || named.Count == 0 || cves.Count == 0)
        {
            return;
        }

        _stamp.AppendData(Encoding.UTF8.GetBytes($"{record.Id} {record.Modified.Ticks}\n"));
        foreach (var cve in cves)
        {
            _byCve.TryAdd(cve, []);
            _byCve[cve].Add(record with { Affected = named, Summary = "" });
        }
    }

    private static async IAsyncEnumerable<OsvRecord> StoredAsync(ScoutDb db, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var named = db.AffectedPackages.Where(p => p.EcosystemBase == Ecosystem.NuGet).Select(p => p.AdvisoryId);
        var stored = db.Advisories.Where(a => a.Origin == Advisory.Bucket && a.Withdrawn == null && named.Contains(a.Id))
            .OrderBy(a => a.Id).Select(a => a.Matching ?? a.Document);
        await foreach (var document in stored.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (OsvMatching.Read(document) is { } record)
            {
                yield return record;
            }
        }
    }
}
