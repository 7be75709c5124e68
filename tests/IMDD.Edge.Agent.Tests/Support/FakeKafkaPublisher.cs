using IMDD.Messaging.Kafka;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Keeps what it is handed; the test says what becomes of each record, in any order.</summary>
internal sealed class FakeKafkaPublisher : IKafkaPublisher
{
    private readonly Lock _lock = new();
    private readonly List<(KafkaRecord Record, Action<PublishReport> Report)> _pending = [];
    private readonly List<KafkaRecord> _log = [];

    /// <summary>Answers at once, in order; null keeps the record pending.</summary>
    public Func<KafkaRecord, PublishResult?> Answer { get; set; } = _ => PublishResult.Persisted;

    /// <summary>Records the client takes before its queue is full.</summary>
    public int Capacity { get; set; } = int.MaxValue;

    /// <summary>What was persisted, in order.</summary>
    public IReadOnlyList<KafkaRecord> Persisted
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    public bool TryPublish(KafkaRecord record, Action<PublishReport> onReport)
    {
        lock (_lock)
        {
            if (_pending.Count >= Capacity)
            {
                return false;
            }

            if (Answer(record) is { } result)
            {
                Report(record, onReport, result);
            }
            else
            {
                _pending.Add((record, onReport));
            }

            return true;
        }
    }

    /// <summary>Reports all that is pending, in the order the test wants.</summary>
    public void ReportPending(Func<int, PublishResult> result, bool reversed = false)
    {
        lock (_lock)
        {
            var pending = _pending.Select((p, i) => (p.Record, p.Report, Result: result(i))).ToList();
            _pending.Clear();
            if (reversed)
            {
                pending.Reverse();
            }

            foreach (var (record, report, outcome) in pending)
            {
                Report(record, report, outcome);
            }
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    private void Report(KafkaRecord record, Action<PublishReport> report, PublishResult result)
    {
        if (result == PublishResult.Persisted)
        {
            _log.Add(record);
            report(new PublishReport(result, 0, _log.Count, ""));
        }
        else
        {
            report(new PublishReport(result, -1, -1, result == PublishResult.Permanent ? "MsgSizeTooLarge" : "Local_MsgTimedOut"));
        }
    }
}
