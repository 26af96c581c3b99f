namespace ScoutDashboard.Parts;

/// <summary>How a thing is, in the six ways the interface draws.</summary>
public enum StatusKind { Neutral, Ok, Busy, Waiting, Warning, Error }
