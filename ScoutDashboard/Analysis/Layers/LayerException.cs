namespace ScoutDashboard.Analysis.Layers;

/// <summary>A layer that gives no result; the message is one sentence for a person.</summary>
public sealed class LayerException(LayerError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public LayerError Error { get; } = error;
}

/// <summary>
/// Why a layer gives no result. <see cref="Truncated"/> and <see cref="DigestMismatch"/> are faults of the transfer;
/// <see cref="Malformed"/> and <see cref="Limit"/> are properties of the blob.
/// </summary>
public enum LayerError { Truncated, DigestMismatch, Malformed, Limit }
