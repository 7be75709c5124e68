using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.Demo;

/// <summary>
/// Reads every outcome back from Kafka with a consumer of its own, from the first record on and all the time: the embedded cluster keeps only
/// the newest few megabytes of a partition.
/// </summary>
internal sealed class OutcomeJudge : IAsyncDisposable
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JudgedOutcome> _outcomes = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Task _reading;
    private long _first;
    private long _last;

    public OutcomeJudge(IKafkaClientFactory kafka, TimeProvider time)
    {
        _time = time;
        var consumer = kafka.CreateConsumer("imdd-demo-judge");
        consumer.Assign([KafkaTopics.Outcome], fromBeginning: true);
        _reading = Task.Factory.StartNew(() => Read(consumer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Distinct outcomes so far.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _outcomes.Count;
            }
        }
    }

    /// <summary>From the first to the last outcome read.</summary>
    public TimeSpan Span
    {
        get
        {
            lock (_gate)
            {
                return _time.GetElapsedTime(_first, _last);
            }
        }
    }

    /// <summary>Distinct outcomes by <c>ce_id</c>.</summary>
    public IReadOnlyDictionary<string, JudgedOutcome> Outcomes()
    {
        lock (_gate)
        {
            return new Dictionary<string, JudgedOutcome>(_outcomes, StringComparer.Ordinal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Read(IKafkaConsumer consumer)
    {
        using (consumer)
        {
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Poll(PollTimeout) is { } record)
                {
                    Add(record);
                }
            }
        }
    }

    private void Add(KafkaConsumed record)
    {
        if (record.Value is not { } value)
        {
            return;
        }

        try
        {
            var cloudEvent = KafkaBinding.Read(record.Headers, value);
            var outcome = ImddJson.Deserialize<InspectionOutcome>(cloudEvent.Data.Span);
            lock (_gate)
            {
                if (_outcomes.TryAdd(cloudEvent.Id, new JudgedOutcome(outcome.Verdict, outcome.Reason)))
                {
                    _last = _time.GetTimestamp();
                    _first = _outcomes.Count == 1 ? _last : _first;
                }
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException)
        {
            lock (_gate)
            {
                // No frame has this id, so it counts against the law.
                _outcomes.TryAdd($"unreadable {record.Partition}@{record.Offset}: {e.Message}", new JudgedOutcome(Verdict.Unknown, null));
            }
        }
    }
}
