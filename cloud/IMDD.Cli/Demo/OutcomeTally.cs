using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cli.Demo;

/// <summary>Counts distinct outcomes by verdict and reason; what is on the topic twice is one. Not thread-safe.</summary>
internal sealed class OutcomeTally
{
    private const int ExamplesKept = 5;

    private readonly Dictionary<Verdict, long> _verdicts = [];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly List<string> _unusable = [];

    /// <summary>Frames with an outcome.</summary>
    public FrameLedger Frames { get; } = new();

    /// <summary>Records that are no frame's outcome, each of which breaks the law.</summary>
    public long Unusable { get; private set; }

    /// <summary>The first of them, with what is wrong.</summary>
    public IReadOnlyList<string> UnusableExamples => _unusable;

    /// <summary>Distinct outcomes, and records that are none.</summary>
    public long Count => Frames.Count + Unusable;

    /// <summary>Undecided outcomes by reason.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Outcomes of a verdict.</summary>
    public long Of(Verdict verdict) => _verdicts.GetValueOrDefault(verdict);

    /// <summary>Adds a record; false for an outcome that was there before.</summary>
    public bool Add(KafkaConsumed record, ReadOnlyMemory<byte> value)
    {
        try
        {
            var cloudEvent = KafkaBinding.Read(record.Headers, value);
            var outcome = ImddJson.Deserialize<InspectionOutcome>(cloudEvent.Data.Span);
            CameraPath camera = new(AssetPath.Parse(outcome.AssetPath), outcome.CameraId);
            var expected = EventId.ForOutcome(camera, outcome.FrameId);
            if (cloudEvent.Id != expected)
            {
                throw new FormatException($"its id is {cloudEvent.Id}, that of its frame {expected}");
            }

            if (!Frames.Add(camera, outcome.FrameId))
            {
                return false;
            }

            _verdicts[outcome.Verdict] = Of(outcome.Verdict) + 1;
            if (outcome.Verdict == Verdict.Undecided)
            {
                var reason = outcome.Reason ?? "unknown";
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or FormatException)
        {
            Unusable++;
            if (_unusable.Count < ExamplesKept)
            {
                _unusable.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Partition}@{record.Offset}: {e.Message}"));
            }
        }

        return true;
    }
}
