namespace IMDD.Contracts.Training;

/// <summary>What there is to learn from, and what is being done with it.</summary>
public sealed record TrainingSummary
{
    /// <summary>Frames whose label is agreed.</summary>
    public required long Labels { get; init; }

    /// <summary>Of these, agreed since the last snapshot.</summary>
    public required long NewLabels { get; init; }

    /// <summary>The new ones by class; a frame of several counts for each.</summary>
    public required IReadOnlyDictionary<string, long> NewByClass { get; init; }

    /// <summary>The run that has not ended.</summary>
    public string? OpenRun { get; init; }

    /// <summary>When the schedule asks for the next one.</summary>
    public DateTimeOffset? NextScheduled { get; init; }
}
