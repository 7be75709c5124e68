namespace IMDD.Contracts.Events;

/// <summary>The picture, by content.</summary>
public sealed record FrameReference
{
    /// <summary><c>sha256:</c> and hex of the payload.</summary>
    public required string Digest { get; init; }

    public long SizeBytes { get; init; }

    /// <summary>Pixels; 0 when it was not decoded.</summary>
    public int Width { get; init; }

    public int Height { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Where the blob is; null when it is not stored, or not yet.</summary>
    public string? Uri { get; init; }
}
