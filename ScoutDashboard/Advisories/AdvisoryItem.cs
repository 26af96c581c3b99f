using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>One record on its way into the database.</summary>
/// <param name="Name">The id that its place in the source tells, whether or not the record can be read.</param>
/// <param name="Document">The record in OSV form, as it is stored: see <see cref="AdvisoryDocument"/>; null where it is too large.</param>
/// <param name="Record">What it says; null where it can't be read.</param>
public sealed record AdvisoryItem(string Name, byte[]? Document, OsvRecord? Record)
{
    public static AdvisoryItem Parse(string name, byte[] json) => new(name, AdvisoryDocument.Encode(json), OsvReader.TryParse(json, out var record) ? record : null);
}
