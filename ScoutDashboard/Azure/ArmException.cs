namespace ScoutDashboard.Azure;

/// <summary>Why Azure did not do what it was asked for.</summary>
public enum ArmError
{
    NoIdentity, Unauthorized, Forbidden, NotFound, Conflict, Throttled, Refused, OperationFailed, StillRunning, ServerError, Unreachable, UntrustedAddress, UntrustedLink, TooLarge, BadResponse,
}

/// <summary>A call to Azure that failed; the message is for a person and holds no secret.</summary>
public sealed class ArmException(ArmError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public ArmError Error { get; } = error;

    /// <summary>Azure's own code, e.g. <c>AuthorizationFailed</c>; "" where it told none.</summary>
    public string Code { get; init; } = "";

    /// <summary>Whether Azure said no to the call that would have begun it, so that certainly nothing was made.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>How long Azure asks to wait, if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it was asked for with a person's own rights, not by the dashboard's identity.</summary>
    public bool IsPersons { get; init; }

    /// <summary>What a person can do about it, as one sentence or two.</summary>
    public string Remedy => ArmRemedies.For(Error, Code, IsPersons);
}
