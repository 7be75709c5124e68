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
    private readonly OutcomeTally _tally = new();
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
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _tally.Count;
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

    /// <summary>Looks at what was counted; nothing is added meanwhile.</summary>
    public T Read<T>(Func<OutcomeTally, T> read)
    {
        lock (_gate)
        {
            return read(_tally);
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

        lock (_gate)
        {
            if (_tally.Add(record, value))
            {
                _last = _time.GetTimestamp();
                _first = _tally.Count == 1 ? _last : _first;
            }
        }
    }
}
