using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Inference.Tiling;
using IMDD.Messaging.Telemetry;

namespace IMDD.Edge.Agent.Intake;

/// <summary>What the agent keeps of one camera.</summary>
internal sealed class CameraLine
{
    private readonly Lock _lock = new();
    private readonly SequenceGaps _gaps;
    private string? _configDigest;

    public CameraLine(CameraPath path, OverloadPolicy policy, TimeSpan silentAfter, TimeProvider time, Action<FrameInFlight> release)
    {
        Path = path;
        Key = path.ToString();
        Frames = MessageDestination.Mqtt(MqttTopics.Frame(path));
        Policy = policy;
        Order = new OutcomeOrder<FrameInFlight>(release);
        Watch = new CameraWatch(silentAfter, time);
        _gaps = new SequenceGaps(time);
    }

    public CameraPath Path { get; }

    /// <summary>The path as text: key of the camera's records.</summary>
    public string Key { get; }

    /// <summary>Where its frames come from.</summary>
    public MessageDestination Frames { get; }

    public OverloadPolicy Policy { get; }

    /// <summary>The cameras that it shares a model and a recipe with.</summary>
    public required CameraGroup Group { get; init; }

    /// <summary>A known-good picture of what it sees, for models that compare; null where there is none.</summary>
    public ReferencePicture? Reference { get; init; }

    /// <summary>How its frames are cut into tiles; null: they are inspected whole.</summary>
    public TilePlan? Tiles { get; init; }

    /// <summary>Digest of both, which outcomes name; null where there is neither.</summary>
    public string? ConfigDigest => Reference is null && Tiles is null ? null : _configDigest ??= CameraSetup.DigestOf(Reference, Tiles);

    /// <summary>Keeps outcomes in the order of the frames.</summary>
    public OutcomeOrder<FrameInFlight> Order { get; }

    /// <summary>Whether frames come and can be used.</summary>
    public CameraWatch Watch { get; }

    /// <summary>Frames that wait for a decoder; guarded by <see cref="CameraQueues"/>.</summary>
    public LinkedList<FrameInFlight> Waiting { get; } = [];

    /// <summary>Completed when a place in the queue becomes free; guarded by <see cref="CameraQueues"/>.</summary>
    public TaskCompletionSource? PlaceFree { get; set; }

    /// <summary>Runs <paramref name="use"/> on the camera's gaps, alone.</summary>
    public T WithGaps<T>(Func<SequenceGaps, T> use)
    {
        lock (_lock)
        {
            return use(_gaps);
        }
    }
}
