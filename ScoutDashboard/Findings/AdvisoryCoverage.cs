using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Says for which ecosystems, with their release, there is advisory data; asks the database once for each.</summary>
internal sealed class AdvisoryCoverage(ScoutDb db)
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    public async Task<bool> HasDataAsync(string ecosystem, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(ecosystem, out var has))
        {
            var general = new Ecosystem(ecosystem).Base;
            var names = new Ecosystem(ecosystem).RecordNames;
            has = ecosystem.Length > 0 && await db.Feeds.AnyAsync(f => f.Covers == general && f.LastSuccessAt != null, cancellationToken)
                && await db.AffectedPackages.AnyAsync(p => p.EcosystemBase == general && (names.Contains(p.Ecosystem) || p.Ecosystem == general), cancellationToken);
            _known[ecosystem] = has;
        }

        return has;
    }
}
