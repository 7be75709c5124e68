using System.Diagnostics;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Imaging;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Intake;

/// <summary>A frame between receipt and acknowledgement. Owned by one stage at a time; only the deliveries are shared.</summary>
internal sealed class FrameInFlight
{
    private readonly Lock _lock = new();
    private readonly List<IMqttDelivery> _deliveries = [];
    private bool _isAcknowledged;

    public required CameraLine Line { get; init; }
    public required FrameHeader Header { get; set; }
    public required string OutcomeId { get; init; }

    /// <summary>The encoded picture; valid until the frame is acknowledged. Empty for a frame that never arrived.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Properties of the message.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>Digest of the payload; null for a frame that never arrived.</summary>
    public string? Digest { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Exposure, where the camera's time can be believed, else receipt.</summary>
    public required DateTimeOffset Happened { get; init; }

    /// <summary>Monotonic time of receipt.</summary>
    public required long ReceivedTimestamp { get; init; }

    /// <summary>Place among the camera's frames: outcomes are stored in this order.</summary>
    public long Ticket { get; set; }

    /// <summary>True when an earlier life of the process ended while it had this frame: it is inspected alone.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>True once an attempt is in the journal.</summary>
    public bool IsInJournal { get; set; }

    /// <summary>The decoded picture, while the model needs it.</summary>
    public RgbImage? Image { get; set; }

    /// <summary>The recipe that it goes by: the one in force when it was decoded, then the one when it was inspected; null before.</summary>
    public StationRecipe? Recipe { get; set; }

    public int Width { get; set; }
    public int Height { get; set; }
    public double QueueMs { get; set; }
    public double PreprocessMs { get; set; }
    public double InferenceMs { get; set; }
    public double PostprocessMs { get; set; }

    /// <summary>From receipt to the durable outcome, in the trace that the camera began; null when nobody listens.</summary>
    public Activity? Span { get; set; }

    /// <summary>What was decided, once it is.</summary>
    public Decision? Decision { get; set; }

    /// <summary>What is to be stored, once it is made.</summary>
    public OutcomeDraft? Draft { get; set; }

    /// <summary>What is to be offered to people once the outcome is durable; null: nothing.</summary>
    public ExampleJob? Example { get; set; }

    /// <summary>Adds a delivery of the same frame; false when the frame is acknowledged already.</summary>
    public bool TryAttach(IMqttDelivery delivery)
    {
        lock (_lock)
        {
            if (!_isAcknowledged)
            {
                _deliveries.Add(delivery);
            }

            return !_isAcknowledged;
        }
    }

    /// <summary>Acknowledges every delivery of the frame.</summary>
    public void Acknowledge()
    {
        lock (_lock)
        {
            _isAcknowledged = true;
            foreach (var delivery in _deliveries)
            {
                delivery.Acknowledge();
            }

            _deliveries.Clear();
        }
    }
}
