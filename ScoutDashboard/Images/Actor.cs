namespace ScoutDashboard.Images;

/// <summary>Who asks for a change: a member, by the session that is signed in. It carries no role, for that is asked of the database when the change is made.</summary>
/// <param name="Address">IP address that the session was last seen from, or <see cref="Shell"/>.</param>
public sealed record Actor(int OrganizationId, string AccountId, string SessionId, string Name, string Address)
{
    /// <summary>In the audit log, in place of an address: it was done by a verb on the machine.</summary>
    public const string Shell = "shell";

    /// <summary>In the audit log, the name of who did what nobody asked for: the dashboard by itself.</summary>
    public const string Dashboard = "ScoutDashboard";

    /// <summary>Whether it is no member but whoever has the machine, and with it the database: nobody could refuse them anything.</summary>
    public bool IsShell { get; private init; }

    /// <summary>Whoever runs a verb on the machine; for verbs only.</summary>
    public static Actor FromShell(int organizationId) => new(organizationId, "", "", Environment.UserName, Shell) { IsShell = true };
}
