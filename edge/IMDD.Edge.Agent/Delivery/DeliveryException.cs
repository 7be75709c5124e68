namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release or a recipe is not taken.</summary>
internal sealed class DeliveryException(string reasonCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="Contracts.Events.RolloutReason"/>.</summary>
    public string ReasonCode { get; } = reasonCode;

    /// <summary>True where it is the recipe that is not taken.</summary>
    public bool IsOfRecipe { get; init; }
}
