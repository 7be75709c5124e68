using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Intake;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.State;

/// <summary>Says how agent and cameras are: on MQTT, retained, when it changes; on Kafka also every so often, so that a silent death shows.</summary>
internal sealed class StatePublisher(
    AgentIdentity identity, BirthCertificate birth, CameraLines lines, EdgeStateRelay relay, TimeProvider time, ILogger<StatePublisher> logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, CameraState> _said = new(StringComparer.Ordinal);
    private int _births;

    /// <summary>A connection is up: the agent is to be born on it.</summary>
    public void Connected() => Interlocked.Increment(ref _births);

    /// <summary>Another model or recipe decides, or for good: the state says so at once.</summary>
    public void ModelChanged() => Interlocked.Increment(ref _births);

    /// <summary>Publishes until the token fires.</summary>
    public async Task RunAsync(IMqttSession session, CancellationToken cancellationToken)
    {
        var born = 0;
        var lastBeat = long.MinValue / 2;
        using PeriodicTimer timer = new(LookInterval, time);
        do
        {
            var births = Volatile.Read(ref _births);
            if (births != born)
            {
                await SayAsync(session, EdgeStateWord.Online, cancellationToken);
                (born, lastBeat) = (births, time.GetTimestamp());
            }
            else if (born > 0 && time.GetElapsedTime(lastBeat) >= Heartbeat)
            {
                var (state, context) = birth.Now(EdgeStateWord.Online);
                relay.Set(AgentStateEvent.Create(identity.Asset, state, context));
                lastBeat = time.GetTimestamp();
            }

            await SayCamerasAsync(session, cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The farewell of an orderly stop: the same death as the will's.</summary>
    public Task SayOfflineAsync(IMqttSession session, CancellationToken cancellationToken) => SayAsync(session, EdgeStateWord.Offline, cancellationToken);

    private async Task SayAsync(IMqttSession session, string word, CancellationToken cancellationToken)
    {
        var (state, context) = birth.Now(word);
        relay.Set(AgentStateEvent.Create(identity.Asset, state, context));
        await PublishAsync(session, MqttPublications.AgentState(identity.Asset, state, context), cancellationToken);
    }

    private async Task SayCamerasAsync(IMqttSession session, CancellationToken cancellationToken)
    {
        foreach (var line in lines.All)
        {
            var state = line.Watch.State(line.Path.Camera);
            if (_said.TryGetValue(line.Key, out var said) && said.State == state.State && said.Detail == state.Detail)
            {
                continue;
            }

            _said[line.Key] = state;
            Log.CameraState(logger, line.Key, state.State, state.Detail);
            var now = time.GetUtcNow();
            EventContext context = new() { Source = identity.Source, Time = now, RecordedTime = now };
            relay.Set(CameraStateEvent.Create(line.Path, state, context));
            await PublishAsync(session, MqttPublications.CameraState(line.Path, state, context), cancellationToken);
        }
    }

    private async Task PublishAsync(IMqttSession session, MqttPublication publication, CancellationToken cancellationToken)
    {
        try
        {
            await session.PublishAsync(publication.ToOutgoing(), cancellationToken);
        }
        catch (MqttPublishRefusedException e)
        {
            Log.StateRefused(logger, publication.Topic, e.Message);
        }
    }
}
