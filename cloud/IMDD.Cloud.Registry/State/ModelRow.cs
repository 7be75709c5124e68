namespace IMDD.Cloud.Registry.State;

/// <summary>A model's name and what has been given out under it.</summary>
public sealed class ModelRow
{
    public required string Name { get; init; }

    /// <summary>The highest release counter ever given out, or heard of from an agent.</summary>
    public long Counter { get; set; }

    /// <summary>The highest fencing token ever shown; 0: none.</summary>
    public long FencingToken { get; set; }
}
