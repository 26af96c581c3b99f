namespace ScoutDashboard.Images;

/// <summary>Who asks for a change: a member, by the session that is signed in. It carries no role, for that is asked of the database when the change is made.</summary>
/// <param name="Address">IP address that the session was last seen from.</param>
public sealed record Actor(int OrganizationId, string AccountId, string SessionId, string Name, string Address);
