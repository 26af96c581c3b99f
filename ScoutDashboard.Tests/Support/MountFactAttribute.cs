namespace ScoutDashboard.Tests.Support;

/// <summary>A fact on a <see cref="SmallDisk"/>; skipped where this user can't have one.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Hindrance = new(SmallDisk.Hindrance);

    public MountFactAttribute() => Skip = Hindrance.Value;
}
