namespace ScoutDashboard.Images;

/// <summary>What Windows is called as a component of an image.</summary>
public static class WindowsEdition
{
    /// <summary>The Server Core installation of Windows Server, or all of it.</summary>
    public const string ServerCore = "windows-server-core";

    /// <summary>Where it may as well be Nano Server.</summary>
    public const string NotTold = "windows-server";
}
