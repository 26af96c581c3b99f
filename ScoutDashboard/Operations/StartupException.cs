namespace ScoutDashboard.Operations;

/// <summary>A reason not to start that the person at the console can do something about; its message is the whole text to show.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
