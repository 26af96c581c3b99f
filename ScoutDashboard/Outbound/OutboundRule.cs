namespace ScoutDashboard.Outbound;

/// <summary>What one purpose may connect beside public hosts over https.</summary>
/// <param name="IsListed">Whether the operator named this very host, with scheme and port: then plain http will do, and so will an address in a private network or on this machine.</param>
/// <param name="Remedy">One sentence: what the operator can do where a host is refused.</param>
public sealed record OutboundRule(Func<Uri, bool> IsListed, string Remedy);
