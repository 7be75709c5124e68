using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Imaging.Masks;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cli.Learn;

/// <summary>
/// Holds what the cameras showed against what Kafka says of it, with consumers of its own. A frame of the new kind counts as caught when it
/// failed and a region with the new name overlaps the true mask.
/// </summary>
internal sealed class LearnJudge : IAsyncDisposable
{
    /// <summary>Least overlap of a region with the true mask.</summary>
    public const double MinIou = 0.2;

    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TruthPeriod = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedFrame> _frames = new(StringComparer.Ordinal);
    private readonly TruthTail[] _truths;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Task _reading;

    /// <param name="kafka">Makes the consumer.</param>
    /// <param name="truthFiles">By line.</param>
    /// <param name="name">Class id of the new kind.</param>
    /// <param name="time">Clock.</param>
    public LearnJudge(IKafkaClientFactory kafka, IReadOnlyList<string> truthFiles, string name, TimeProvider time)
    {
        (_name, _time, _start) = (name, time, time.GetTimestamp());
        _truths = [.. truthFiles.Select(file => new TruthTail(file))];
        var consumer = kafka.CreateConsumer("imdd-learn-judge");
        consumer.Assign([KafkaTopics.Outcome, KafkaTopics.DefectDetected], fromBeginning: true);
        _reading = Task.Factory.StartNew(() => Read(consumer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Since the judge began.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>When the first frame of the new kind was taken; null: not yet.</summary>
    public TimeSpan? FirstShown { get; private set; }

    /// <summary>Looks at all frames; nothing is added meanwhile.</summary>
    public T Read<T>(Func<IReadOnlyCollection<WatchedFrame>, T> read)
    {
        lock (_gate)
        {
            return read(_frames.Values);
        }
    }

    /// <summary>What a frame shows, and that it was offered for labelling; null while its truth is not known.</summary>
    public LineTruth? Offer(string outcomeId)
    {
        ReadTruths();
        lock (_gate)
        {
            if (!_frames.TryGetValue(outcomeId, out var frame) || frame.Truth is null)
            {
                return null;
            }

            frame.Offered = true;
            return frame.Truth;
        }
    }

    /// <summary>Reads what the cameras have shown since.</summary>
    public void ReadTruths()
    {
        lock (_gate)
        {
            for (var line = 0; line < _truths.Length; line++)
            {
                foreach (var truth in _truths[line].Read())
                {
                    Add(line, truth);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Add(int line, LineTruth truth)
    {
        var id = EventId.ForOutcome(new CameraPath(AssetPath.Parse(LearnSettings.Cell(line)), truth.Camera), truth.FrameId);
        var frame = Frame(id, line);
        (frame.Truth, frame.ShownAt) = (truth, Now);
        if (truth.Defects.FirstOrDefault(defect => defect.Kind == _name) is { } defect)
        {
            FirstShown ??= frame.ShownAt;
            frame.NewMask = CocoRle.Decode(defect.MaskRle);
            frame.Judge(_name, MinIou);
        }
    }

    private WatchedFrame Frame(string outcomeId, int line)
    {
        if (!_frames.TryGetValue(outcomeId, out var frame))
        {
            _frames[outcomeId] = frame = new WatchedFrame { Line = line };
        }

        return frame;
    }

    private void Read(IKafkaConsumer consumer)
    {
        using (consumer)
        {
            var looked = _time.GetTimestamp();
            while (!_stop.IsCancellationRequested)
            {
                if (_time.GetElapsedTime(looked) > TruthPeriod)
                {
                    ReadTruths();
                    looked = _time.GetTimestamp();
                }

                if (consumer.Poll(PollTimeout) is { Value: { } value } record)
                {
                    Add(record, value);
                }
            }
        }
    }

    private void Add(KafkaConsumed record, ReadOnlyMemory<byte> value)
    {
        CloudEvent cloudEvent;
        try
        {
            cloudEvent = KafkaBinding.Read(record.Headers, value);
            lock (_gate)
            {
                if (record.Topic == KafkaTopics.Outcome)
                {
                    var outcome = ImddJson.Deserialize<InspectionOutcome>(cloudEvent.Data.Span);
                    var frame = Frame(cloudEvent.Id, LineOf(outcome.AssetPath));
                    frame.DecidedAt = frame.Verdict is null ? Now : frame.DecidedAt;
                    (frame.Verdict, frame.Release) = (outcome.Verdict, outcome.Model?.Digest);
                }
                else
                {
                    var defect = ImddJson.Deserialize<DefectDetected>(cloudEvent.Data.Span);
                    var frame = Frame(defect.OutcomeId, LineOf(defect.AssetPath));
                    frame.Regions = defect.Regions;
                    frame.Judge(_name, MinIou);
                }
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or FormatException)
        {
            throw new CommandFailedException($"{record.Topic} {record.Partition}@{record.Offset} cannot be read: {e.Message}", inner: e);
        }
    }

    private static int LineOf(string asset)
        => Enumerable.Range(0, LearnSettings.Lines).FirstOrDefault(line => LearnSettings.Cell(line) == asset, -1);
}
