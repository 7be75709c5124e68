using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>A frame as its camera gateway sends it: the encoded picture, and what the camera knows of it.</summary>
public sealed record FrameCapture
{
    /// <summary>The camera.</summary>
    public required CameraPath Camera { get; init; }

    /// <summary>Boot of the camera or its gateway; with <see cref="Sequence"/> it is the frame's identity.</summary>
    public required string BootId { get; init; }

    /// <summary>Rises by one with each new frame of this boot; a frame that is sent again keeps its number.</summary>
    public required long Sequence { get; init; }

    /// <summary>Middle of the exposure.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When the message was made.</summary>
    public required DateTimeOffset RecordedTime { get; init; }

    /// <summary>The encoded picture itself: never text, never base64.</summary>
    public required ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>Its media type, such as <c>image/jpeg</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>One part, possibly many cameras; null: the frame is an inspection of its own.</summary>
    public string? InspectionId { get; init; }

    public string? PartId { get; init; }
    public string? LotId { get; init; }
    public string? RecipeId { get; init; }

    /// <summary>Pixels, where the container does not say.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels, where the container does not say.</summary>
    public int? Height { get; init; }

    /// <summary>GenICam PFNC name, where the container does not say: <c>Mono8</c>, <c>RGB8</c>, …</summary>
    public string? PixelFormat { get; init; }

    public ClockQuality? Clock { get; init; }

    /// <summary>True for test parts: never enters statistics.</summary>
    public bool Simulated { get; init; }

    /// <summary>True when it is sent more than <see cref="EventContext.HistoricalAfter"/> after the exposure: too late for the line.</summary>
    public bool Historical { get; init; }

    /// <summary>After this nobody waits for it; null: no limit.</summary>
    public DateTimeOffset? ExpiryTime { get; init; }

    public string? TraceParent { get; init; }
    public string? TraceState { get; init; }
}
