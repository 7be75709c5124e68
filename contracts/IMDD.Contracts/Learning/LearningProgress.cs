namespace IMDD.Contracts.Learning;

/// <summary>How far the fleet is on the way from a kind of defect that nobody had seen to one that every line catches.</summary>
public sealed record LearningProgress
{
    /// <summary>Class id of the new kind.</summary>
    public required string NewKind { get; init; }

    /// <summary>What is going on, in words.</summary>
    public required string Phase { get; init; }

    /// <summary>Since the lines started.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Words of people that were used.</summary>
    public required int Labels { get; init; }

    /// <summary>Equal spans of time, the oldest first.</summary>
    public required IReadOnlyList<LearningPoint> Points { get; init; }

    /// <summary>What has happened, the oldest first.</summary>
    public required IReadOnlyList<LearningMark> Marks { get; init; }
}
