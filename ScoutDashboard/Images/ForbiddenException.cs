namespace ScoutDashboard.Images;

/// <summary>Somebody asked for what their role does not allow, or no longer allows.</summary>
public sealed class ForbiddenException(MemberRole needed) : Exception($"This needs the role {needed}, or the session has ended.");
