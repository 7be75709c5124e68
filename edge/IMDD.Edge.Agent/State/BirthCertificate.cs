using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.State;

/// <summary>
/// Birth and will after Sparkplug 3.0: the will registered with a connection carries the <c>bdSeq</c> of the birth that follows on it, so
/// that a death that comes late is told from a fresh one. The number survives restarts and wraps at 256.
/// </summary>
internal sealed class BirthCertificate(AgentIdentity identity, CameraGroups groups, OutcomeStore store, TimeProvider time)
{
    private const string NumberName = "bdseq";
    private const int Range = 256;

    private readonly Lock _lock = new();
    private int _bdSeq = (int)(store.Reader.Number(NumberName) ?? -1);
    private long _sequence;

    /// <summary>The will of the connection that is about to be made; takes the next number.</summary>
    public MqttOutgoing NextWill()
    {
        lock (_lock)
        {
            _bdSeq = (_bdSeq + 1) % Range;
            store.Writer.Enqueue(new SetNumber(NumberName, _bdSeq));
        }

        return MqttPublications.AgentWill(identity.Asset, State(EdgeStateWord.Online), Context(sequence: null)).ToOutgoing();
    }

    /// <summary>The agent's state as of now.</summary>
    public (AgentState State, EventContext Context) Now(string word) => (State(word), Context(Interlocked.Increment(ref _sequence)));

    private AgentState State(string word)
    {
        // Where every camera is in a named group there is no rest to speak of.
        var rest = groups.HasRest ? groups.Rest : null;
        var recipe = rest?.Recipes.Current;
        lock (_lock)
        {
            return new AgentState
            {
                Agent = identity.Name,
                State = word,
                BootId = identity.BootId,
                BdSeq = Math.Max(_bdSeq, 0),
                Model = rest?.Slot.Model,
                ModelFault = rest?.Slot.Fault,
                RecipeId = recipe?.Recipe.Id,
                RecipeCounter = recipe?.Counter,
                RecipeDigest = recipe?.Digest,
                Slots = rest?.Slots.View(),
                Groups = groups.Named.Count == 0 ? null : [.. groups.Named.Select(State)],
                AgentVersion = typeof(BirthCertificate).Assembly.GetName().Version?.ToString(3),
                ExecutionProvider = rest?.Slot.ExecutionProvider,
                StoreBacklog = store.Writer.Backlog,
                Since = identity.Since,
            };
        }
    }

    private static AgentGroupState State(CameraGroup group)
    {
        var recipe = group.Recipes.Current;
        return new AgentGroupState
        {
            Name = group.Name!,
            Cameras = group.Cameras,
            Model = group.Slot.Model,
            ModelFault = group.Slot.Fault,
            RecipeId = recipe.Recipe.Id,
            RecipeCounter = recipe.Counter,
            RecipeDigest = recipe.Digest,
            Slots = group.Slots.View(),
            ExecutionProvider = group.Slot.ExecutionProvider,
        };
    }

    private EventContext Context(long? sequence)
    {
        var now = time.GetUtcNow();
        return new EventContext { Source = identity.Source, Time = now, RecordedTime = now, Sequence = sequence };
    }
}
