using System.Collections.Concurrent;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Edge.Agent.State;

/// <summary>
/// Brings last states to Kafka, <c>imdd.edge.state.v1</c>. Only the latest of a key counts, so what comes while another is under way
/// replaces what waits, and nothing piles up while Kafka is away.
/// </summary>
internal sealed class EdgeStateRelay(IKafkaPublisher kafka, TimeProvider time, ILogger<EdgeStateRelay> logger) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, CloudEvent> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>Takes a state; its <c>partitionkey</c> is the key.</summary>
    public void Set(CloudEvent state)
    {
        _waiting[KafkaBinding.Key(state)] = state;
        _changed.Release();
    }

    /// <summary>Publishes until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.WaitAsync(cancellationToken);
            while (_changed.CurrentCount > 0 && await _changed.WaitAsync(TimeSpan.Zero, cancellationToken))
            {
                // Many changes, one round.
            }

            if (!PublishAll())
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
                _changed.Release();
            }

            await Task.Delay(LeastInterval, time, cancellationToken);
        }
    }

    /// <summary>Hands over what waits; false when the client's queue is full.</summary>
    public bool PublishAll()
    {
        foreach (var key in _waiting.Keys)
        {
            if (!_waiting.TryRemove(key, out var state))
            {
                continue;
            }

            KafkaRecord record = new(KafkaTopics.EdgeState, key, state.Data, KafkaBinding.WriteHeaders(state), time.GetUtcNow());
            if (!kafka.TryPublish(record, report => Reported(key, state, report)))
            {
                _waiting.TryAdd(key, state);
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();

    private void Reported(string key, CloudEvent state, PublishReport report)
    {
        switch (report.Result)
        {
            case PublishResult.Persisted:
                break;
            case PublishResult.Permanent:
                Log.StateRefused(logger, key, report.Error);
                break;
            default:
                // A newer state of the same key, if there is one by now, stands.
                if (_waiting.TryAdd(key, state))
                {
                    _changed.Release();
                }

                break;
        }
    }
}
