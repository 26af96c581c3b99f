using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Everything that analyses leave behind, one line a row: rows that are double show as lines that are double.</summary>
internal static class StoredContent
{
    public static async Task<IReadOnlyList<string>> ReadAsync(ScoutDb db)
    {
        List<string> lines =
        [
            .. await db.Jobs.Select(j => $"job {j.Digest} {j.State}").ToListAsync(),
            .. await db.Images.Select(i => $"image {i.Digest} {i.State} {i.Packages} {i.Critical} {i.High} {i.Medium} {i.Low} {i.Unknown}").ToListAsync(),
            .. await db.Layers.Select(l => $"layer {l.BlobDigest} {l.Size}").ToListAsync(),
            .. await db.ImageLayers.Select(l => $"image layer {l.Ordinal} {l.BlobDigest}").ToListAsync(),
            .. await db.ImagePackageSets.Select(s => $"set of image {s.LayerIndex}").ToListAsync(),
            .. await db.PackageSets.Select(s => $"set {s.Kind} {s.Count}").ToListAsync(),
            .. await db.Components.Select(c => $"component {c.Purl}").ToListAsync(),
            .. await (from f in db.Findings join c in db.Components on f.ComponentId equals c.Id select $"finding {c.Type} {c.Name} {f.VulnerabilityId} {f.Severity} {f.FixedVersion}").ToListAsync(),
        ];
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
