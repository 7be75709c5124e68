using System.Globalization;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes births, deaths and state changes of agents.</summary>
public static class AgentStateEvent
{
    private const int MaxBdSeq = 255;

    /// <summary>A state of an agent; online is its birth.</summary>
    /// <exception cref="ArgumentException"><c>bdSeq</c> is outside 0 to 255, or boot id or state is empty.</exception>
    public static CloudEvent Create(AssetPath asset, AgentState state, EventContext context)
    {
        EventGuard.NotEmpty(state.BootId, nameof(state.BootId));
        EventGuard.NotEmpty(state.State, nameof(state.State));
        EventGuard.That(state.BdSeq is >= 0 and <= MaxBdSeq, $"BdSeq is {state.BdSeq}: expected 0 to {MaxBdSeq}.", nameof(state.BdSeq));
        var id = $"{state.Agent}-{state.BootId}-{state.BdSeq.ToString(CultureInfo.InvariantCulture)}-{state.State}";
        if (context.Sequence is { } sequence)
        {
            id += "-" + sequence.ToString(CultureInfo.InvariantCulture);
        }

        return new EventBuilder(EventTypes.AgentStateChanged, context)
            .Key(EdgeStateKey.Agent(asset, state.Agent))
            .Set(CloudEventAttributes.ModelDigest, state.Model?.Digest)
            .BuildJson(id, $"agent/{state.Agent}", state);
    }

    /// <summary>
    /// The will to register with the connection that <paramref name="birth"/> will be published on: offline, with the birth's boot id and
    /// <c>bdSeq</c>, so that the death of an earlier connection is told from this one's. Its time is that of the connection, since a
    /// broker, not the agent, publishes it.
    /// </summary>
    public static CloudEvent CreateWill(AssetPath asset, AgentState birth, EventContext context)
        => Create(asset, birth with { State = EdgeStateWord.Offline, StoreBacklog = null }, context with { Sequence = null });
}
