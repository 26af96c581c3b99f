namespace ScoutDashboard.Images;

/// <summary>What a member may do; each role may also do what those before it may. Viewer: read. Editor: choose repositories, analyse, accept exceptions. Administrator: everything.</summary>
public enum MemberRole { Viewer, Editor, Administrator }
