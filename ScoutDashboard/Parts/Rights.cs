namespace ScoutDashboard.Parts;

/// <summary>Names of the authorization policies; a page or endpoint without one is for every member.</summary>
public static class Rights
{
    /// <summary>Editors and administrators: choose repositories, analyse, accept exceptions.</summary>
    public const string Edit = "edit";

    /// <summary>Administrators: integrations, members, keys, feeds, audit log.</summary>
    public const string Administer = "administer";

    /// <summary>Members, and API keys that may read exports.</summary>
    public const string ReadExports = "read exports";

    /// <summary>Administrators, and API keys that may read the audit log.</summary>
    public const string ReadAudit = "read audit";

    /// <summary>Administrators, and API keys that may read measurements.</summary>
    public const string ReadMetrics = "read metrics";
}
