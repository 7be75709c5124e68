namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release is not taken.</summary>
internal sealed class DeliveryException(string reasonCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="Contracts.Events.RolloutReason"/>.</summary>
    public string ReasonCode { get; } = reasonCode;
}
