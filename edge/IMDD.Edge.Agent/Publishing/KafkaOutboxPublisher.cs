using System.Threading.Channels;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Messaging.Kafka;

namespace IMDD.Edge.Agent.Publishing;

/// <summary>
/// Sends the outbox to Kafka: lane by lane in order, a cursor each, moved only over what the brokers have confirmed. A record refused for
/// good goes to the dead-letter topic and its lane goes on; anything else is sent again from the store, for as long as it takes.
/// </summary>
internal sealed class KafkaOutboxPublisher
{
    private const int RowsAtATime = 64;
    private const int MaxUnderWay = 256;

    /// <summary>A cursor is a commit of its own; what a death leaves behind it is sent again, and counted once.</summary>
    private static readonly TimeSpan CursorInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FullQueuePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BlobPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdlePause = TimeSpan.FromSeconds(1);

    private readonly OutcomeStore _store;
    private readonly IKafkaPublisher _kafka;
    private readonly DeadLetterFolder _deadLetters;
    private readonly CrashPoints _crashPoints;
    private readonly AgentTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly TimeSpan _blobWait;
    private readonly ILogger<KafkaOutboxPublisher> _logger;
    private readonly Dictionary<OutboxLaneId, OutboxLaneState> _lanes = [];
    private readonly Channel<PublisherSignal> _signals = Channel.CreateUnbounded<PublisherSignal>(new UnboundedChannelOptions { SingleReader = true });
    private long _cursorsStored;

    public KafkaOutboxPublisher(
        OutcomeStore store, IKafkaPublisher kafka, DeadLetterFolder deadLetters, TimeSpan blobWait, CrashPoints crashPoints, AgentTelemetry telemetry,
        TimeProvider time, ILogger<KafkaOutboxPublisher> logger)
    {
        (_store, _kafka, _deadLetters, _blobWait, _crashPoints, _telemetry, _time, _logger)
            = (store, kafka, deadLetters, blobWait, crashPoints, telemetry, time, logger);
        _cursorsStored = time.GetTimestamp();
        foreach (var lane in store.Reader.Lanes())
        {
            _lanes.Add(lane.Id, new OutboxLaneState(lane.Id, lane.Key, lane.Confirmed));
        }

        store.Writer.LaneChanged += lane => _signals.Writer.TryWrite(PublisherSignal.Changed(lane));
    }

    /// <summary>Publishes until the token fires, then stores the cursors.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using Alarm alarm = new(_time, () => _signals.Writer.TryWrite(PublisherSignal.Tick));
        try
        {
            while (true)
            {
                var isFull = FeedAll(secondary: false) || FeedAll(secondary: true);

                StoreCursors(force: false);
                await WaitAsync(alarm, isFull, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What the client still has under way may be reported meanwhile; what is not is sent again at the next start.
        }
    }

    /// <summary>
    /// Hands over what became durable while <see cref="RunAsync"/> ended, takes reports in until nothing is under way or the token fires, and stores the
    /// cursors. A longer backlog stays for the next start.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (_signals.Reader.TryRead(out var signal))
        {
            Handle(signal);
        }

        _ = FeedAll(secondary: false) || FeedAll(secondary: true);
        try
        {
            while (_lanes.Values.Any(l => l.UnderWay > 0))
            {
                Handle(await _signals.Reader.ReadAsync(cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The time to stop is over.
        }

        StoreCursors(force: true);
    }

    /// <summary>Hands over what the lanes have, those that come second or all others; true when the client's queue is full.</summary>
    private bool FeedAll(bool secondary)
    {
        var isFull = false;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Id.IsSecondary == secondary)
            {
                isFull |= !Feed(lane);
            }
        }

        return isFull;
    }

    /// <summary>Hands what a lane has to the client; false when the client's queue is full.</summary>
    private bool Feed(OutboxLaneState lane)
    {
        while (lane.MayHaveMore && !lane.IsRecovering && lane.UnderWay < MaxUnderWay && _time.GetTimestamp() >= lane.NotBefore)
        {
            var rows = _store.Reader.Read(lane.Id, lane.ReadFrom, RowsAtATime);
            lane.MayHaveMore = rows.Count == RowsAtATime;
            foreach (var row in rows)
            {
                if (row.WaitsForBlob && !HasWaited(lane, row))
                {
                    return true;
                }

                if (lane.IsDone(row.Position))
                {
                    lane.Sent(row.Position);
                    continue;
                }

                var record = Record(lane, row);
                if (!_kafka.TryPublish(record, report => _signals.Writer.TryWrite(PublisherSignal.Reported(lane.Id, row, record, report))))
                {
                    lane.MayHaveMore = true;
                    return false;
                }

                lane.Sent(row.Position);
                _telemetry.Published(lane.Id.Kind);
                _crashPoints.Pass(CrashPoint.AfterProduce);
            }
        }

        return true;
    }

    /// <summary>False while the row is to wait; once it has waited long enough it is released, and read again when that is durable.</summary>
    private bool HasWaited(OutboxLaneState lane, OutboxRow row)
    {
        var left = _blobWait - (_time.GetUtcNow() - row.Recorded);
        if (left <= TimeSpan.Zero)
        {
            _telemetry.DefectWithoutPicture();
            _store.Writer.Enqueue(new ReleaseDefect(row.Position));
        }
        else
        {
            lane.NotBefore = After(left < BlobPoll ? left : BlobPoll);
        }

        // Released or given its address, the lane is announced as changed.
        lane.MayHaveMore = left > TimeSpan.Zero;
        return false;
    }

    private KafkaRecord Record(OutboxLaneState lane, OutboxRow row)
    {
        var headers = row.Headers;
        if (_time.GetUtcNow() - row.Happened > EventContext.HistoricalAfter)
        {
            headers = [.. headers, new("ce_" + CloudEventAttributes.Historical, CloudEventAttributes.TrueValue)];
        }

        return new KafkaRecord(Topic(lane.Id.Kind), lane.Key, row.Value, headers, row.Recorded);
    }

    private void Handle(PublisherSignal signal)
    {
        if (signal.IsTick)
        {
            return;
        }

        if (signal.Row is not { } row)
        {
            Changed(signal.Lane);
            return;
        }

        var lane = _lanes[signal.Lane];
        switch (signal.Report.Result)
        {
            case PublishResult.Persisted:
                _crashPoints.Pass(CrashPoint.BeforeCursor);
                _telemetry.Confirmed(lane.Id.Kind, lane.Key, _time.GetUtcNow() - row.Happened);
                lane.Done(row.Position);
                break;
            case PublishResult.Permanent when signal.Record!.Topic == Topic(lane.Id.Kind):
                DeadLetter(lane, row, signal);
                break;
            case PublishResult.Permanent:
                KeepDeadLetter(lane, row, signal);
                lane.Done(row.Position);
                break;
            default:
                if (lane.Failures == 0)
                {
                    Log.PublishRetried(_logger, lane.Key, lane.Id.Kind, signal.Report.Error);
                }

                lane.Failed();
                lane.NotBefore = After(RetryDelay(lane.Failures));
                break;
        }
    }

    private void Changed(OutboxLaneId id)
    {
        if (!_lanes.TryGetValue(id, out var lane))
        {
            var found = _store.Reader.Lanes().First(l => l.Id == id);
            lane = new OutboxLaneState(id, found.Key, found.Confirmed);
            _lanes.Add(id, lane);
        }

        lane.MayHaveMore = true;
        if (lane.Failures == 0)
        {
            lane.NotBefore = long.MinValue;
        }
    }

    /// <summary>The broker will never take this record: it goes to the dead-letter topic, in its place in the lane.</summary>
    private void DeadLetter(OutboxLaneState lane, OutboxRow row, PublisherSignal signal)
    {
        var now = _time.GetUtcNow();
        Log.RecordRefused(_logger, lane.Key, lane.Id.Kind, row.OutcomeId, signal.Report.Error);
        _telemetry.RecordRefused(lane.Id.Kind, signal.Report.Error);
        var letter = KafkaDeadLetter.Of(signal.Record!, signal.Report.Error, $"Kafka refused the record: {signal.Report.Error}.", attempts: 1, now, now);
        if (!_kafka.TryPublish(letter, report => _signals.Writer.TryWrite(PublisherSignal.Reported(lane.Id, row, letter, report))))
        {
            lane.Failed();
            lane.NotBefore = After(FullQueuePause);
        }
    }

    /// <summary>Not even the dead-letter topic takes it: the folder keeps it, since nothing may be dropped in silence.</summary>
    private void KeepDeadLetter(OutboxLaneState lane, OutboxRow row, PublisherSignal signal)
        => _deadLetters.Keep(
            new DeadLetter
            {
                Reason = DeadLetters.DeadLetter.KafkaRefused,
                Detail = $"Topic {signal.Record!.Topic} refused it: {signal.Report.Error}.",
                Camera = lane.Key,
                FrameId = row.OutcomeId,
                OutcomeId = row.OutcomeId,
                SizeBytes = row.Value.Length,
                ReceivedAt = row.Recorded,
                Properties = signal.Record.Headers.Select(h => $"{h.Key}: {h.Value}").ToList(),
            },
            row.Value);

    private void StoreCursors(bool force)
    {
        if (!force && _time.GetElapsedTime(_cursorsStored) < CursorInterval)
        {
            return;
        }

        _cursorsStored = _time.GetTimestamp();
        foreach (var lane in _lanes.Values)
        {
            if (lane.Unstored > 0)
            {
                _store.Writer.Enqueue(new AdvanceCursor(lane.Id, lane.Confirmed, lane.Unstored, _crashPoints));
                lane.Stored();
            }
        }
    }

    private async ValueTask WaitAsync(Alarm alarm, bool isFull, CancellationToken cancellationToken)
    {
        if (!_signals.Reader.TryPeek(out _))
        {
            alarm.Within(Pause(isFull));
            await _signals.Reader.WaitToReadAsync(cancellationToken);
        }

        while (_signals.Reader.TryRead(out var next))
        {
            Handle(next);
        }
    }

    private TimeSpan Pause(bool isFull)
    {
        if (isFull)
        {
            return FullQueuePause;
        }

        var pause = IdlePause;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Unstored > 0 && CursorInterval < pause)
            {
                pause = CursorInterval;
            }

            if (lane.MayHaveMore && lane.UnderWay < MaxUnderWay && !lane.IsRecovering)
            {
                var left = lane.NotBefore <= _time.GetTimestamp() ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), lane.NotBefore);
                pause = left < pause ? left : pause;
            }
        }

        return pause;
    }

    private long After(TimeSpan delay) => _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);

    private static TimeSpan RetryDelay(int failures)
    {
        var delay = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 10));
        return delay < LongestRetry ? delay : LongestRetry;
    }

    private static string Topic(OutboxKind kind) => kind switch
    {
        OutboxKind.Outcome => KafkaTopics.Outcome,
        OutboxKind.Defect => KafkaTopics.DefectDetected,
        OutboxKind.HardExample => KafkaTopics.HardExample,
        OutboxKind.Statistics => KafkaTopics.CameraStatistics,
        _ => KafkaTopics.FrameStored,
    };
}
