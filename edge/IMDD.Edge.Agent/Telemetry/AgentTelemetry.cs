using System.Diagnostics.Metrics;
using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Messaging.Telemetry;

namespace IMDD.Edge.Agent.Telemetry;

/// <summary>The agent's metrics. Labels are cameras, reasons and kinds: never frames, parts or digests of frames.</summary>
internal sealed class AgentTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "IMDD.Edge.Agent";

    private static readonly double[] LatencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Meter _meter;
    private readonly Counter<long> _received, _redelivered, _inspected, _skipped, _failed, _undecided, _published, _confirmed, _refused;
    private readonly Counter<long> _deadLettered, _receiptsDropped, _evidenceStored, _evidenceSkipped, _withoutPicture, _rollouts, _examplesSent, _examplesDropped;
    private readonly Histogram<double> _inference, _latency;

    public AgentTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _received = Counter("imdd.frames.received", "{frame}", "Frames received, those delivered again included.");
        _redelivered = Counter("imdd.frames.redelivered", "{frame}", "Frames delivered again whose outcome was known or under way.");
        _inspected = Counter("imdd.frames.inspected", "{frame}", "Frames that a model saw.");
        _skipped = Counter("imdd.frames.skipped", "{frame}", "Frames skipped by a camera's overload policy.");
        _failed = Counter("imdd.frames.failed", "{frame}", "Frames with verdict fail.");
        _undecided = Counter("imdd.frames.undecided", "{frame}", "Frames with verdict undecided, by reason.");
        _published = Counter("imdd.outcomes.published", "{event}", "Records handed to the Kafka client.");
        _confirmed = Counter("imdd.outcomes.confirmed", "{event}", "Records that Kafka has confirmed.");
        _refused = Counter("imdd.outcomes.refused", "{event}", "Records that Kafka refused for good.");
        _deadLettered = Counter("imdd.deadletters.kept", "{message}", "Copies in the dead-letter folder.");
        _receiptsDropped = Counter("imdd.receipts.dropped", "{message}", "Receipts given up while the broker was away.");
        _evidenceStored = Counter("imdd.evidence.stored", "By", "Pictures stored as blobs.");
        _evidenceSkipped = Counter("imdd.evidence.skipped", "{frame}", "Failed frames whose picture was not stored, by cause.");
        _withoutPicture = Counter("imdd.evidence.late", "{event}", "Defect events that went out before their picture was stored.");
        _examplesSent = Counter("imdd.examples.sent", "{frame}", "Frames offered for people to look at, by reason.");
        _examplesDropped = Counter("imdd.examples.dropped", "{frame}", "Frames that had a reason and were not offered, by reason and cause.");
        _rollouts = Counter("imdd.model.rollouts", "{rollout}", "Releases that were desired and what became of them, by the step they ended at and the reason.");
        _inference = _meter.CreateHistogram<double>("imdd.inference.duration", "s", "One run of the model, by number of frames.", advice: Buckets());
        _latency = _meter.CreateHistogram<double>("imdd.frame.latency", "s", "Exposure to confirmation by Kafka.", advice: Buckets());
    }

    public void Received(string camera) => _received.Add(1, Camera(camera));

    public void Redelivered(string camera) => _redelivered.Add(1, Camera(camera));

    public void Decided(string camera, Decision decision)
    {
        if (decision.ImageScore is not null)
        {
            _inspected.Add(1, Camera(camera));
        }

        if (decision.Verdict == Verdict.Fail)
        {
            _failed.Add(1, Camera(camera));
        }
        else if (decision.Reason is { } reason)
        {
            _undecided.Add(1, Camera(camera), new("reason", reason));
            if (reason == UndecidedReason.Overload)
            {
                _skipped.Add(1, Camera(camera));
            }
        }
    }

    /// <summary>The frame's outcome is stored and the frame acknowledged.</summary>
    public static void Durable(FrameInFlight frame, TimeSpan sinceReceipt)
    {
        MessagingTelemetry.Processed(frame.Line.Frames, sinceReceipt);
        if (frame.Span is { } span)
        {
            span.SetTag("imdd.verdict", frame.Draft!.Verdict).SetTag("imdd.reason", frame.Draft.Reason).SetTag("imdd.inference.duration", frame.InferenceMs / 1000);
            span.Stop();
        }
    }

    public void Inferred(TimeSpan duration, int frames) => _inference.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("batch", frames));

    public void Published(OutboxKind kind) => _published.Add(1, Kind(kind));

    public void Confirmed(OutboxKind kind, string camera, TimeSpan sinceExposure)
    {
        _confirmed.Add(1, Kind(kind));
        if (kind == OutboxKind.Outcome)
        {
            _latency.Record(sinceExposure.TotalSeconds, Camera(camera));
        }
    }

    public void RecordRefused(OutboxKind kind, string error) => _refused.Add(1, Kind(kind), new("error.type", error));

    public void DeadLettered(string reason) => _deadLettered.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ReceiptDropped() => _receiptsDropped.Add(1);

    public void EvidenceStored(long bytes) => _evidenceStored.Add(bytes);

    public void EvidenceSkipped(string cause) => _evidenceSkipped.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void DefectWithoutPicture() => _withoutPicture.Add(1);

    public void ExampleSent(IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
        {
            _examplesSent.Add(1, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public void ExampleDropped(string reason, string cause) => _examplesDropped.Add(1, new("reason", reason), new("cause", cause));

    public void ExampleDropped(IEnumerable<string> reasons, string cause)
    {
        foreach (var reason in reasons)
        {
            ExampleDropped(reason, cause);
        }
    }

    public void RolloutEnded(string step, string? reason) => _rollouts.Add(1, new("step", step), new("reason", reason));

    /// <summary>Watches the store and the models for as long as the agent lives.</summary>
    public void Observe(OutcomeStore store, CameraGroups groups, TimeProvider time)
    {
        _meter.CreateObservableGauge("imdd.store.backlog", () => store.Writer.Backlog, "{event}", "Records that Kafka has not confirmed.");
        _meter.CreateObservableGauge("imdd.store.size", () => store.Writer.UsedBytes, "By", "Size of the store, without free pages and log.");
        _meter.CreateObservableCounter("imdd.store.dropped", () => store.Writer.Dropped, "{event}", "Unconfirmed passes dropped because the store was full.");
        _meter.CreateObservableGauge(
            "imdd.store.oldest.age", () => store.Reader.OldestUnconfirmed() is { } oldest ? (time.GetUtcNow() - oldest).TotalSeconds : 0, "s", "Age of the oldest unconfirmed record.");
        _meter.CreateObservableGauge(
            "imdd.model.info",
            () => groups.All.SelectMany(InfoOf),
            "1", "The model that decides on the frames of a group of cameras; the rest has no group's name.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> InfoOf(CameraGroup group)
    {
        if (group.Slot.Model is not { } model)
        {
            return [];
        }

        List<KeyValuePair<string, object?>> tags =
            [new("name", model.Name), new("version", model.Version), new("digest", model.Digest), new("provider", group.Slot.ExecutionProvider)];
        if (group.Name is { } name)
        {
            tags.Add(new("group", name));
        }

        return [new Measurement<int>(1, tags)];
    }

    private static InstrumentAdvice<double> Buckets() => new() { HistogramBucketBoundaries = LatencyBuckets };

    private static KeyValuePair<string, object?> Camera(string camera) => new("camera", camera);

    private static KeyValuePair<string, object?> Kind(OutboxKind kind) => new("kind", kind switch
    {
        OutboxKind.Outcome => "outcome",
        OutboxKind.Defect => "defect",
        OutboxKind.HardExample => "hard-example",
        OutboxKind.Statistics => "statistics",
        _ => "frame-stored",
    });

    private Counter<long> Counter(string name, string unit, string description) => _meter.CreateCounter<long>(name, unit, description);
}
