namespace IMDD.Learning.Trainer.Bench;

/// <summary>A figure and the most that it may be.</summary>
/// <param name="Name">The figure's name in the outcome.</param>
/// <param name="Goal">At most this.</param>
/// <param name="Value">What was measured; null where it was not.</param>
internal sealed record BenchCheck(string Name, double Goal, double? Value)
{
    /// <summary>Whether it is; null where it was not measured. A value that is no number does not.</summary>
    public bool? Met => Value is { } value ? value <= Goal : null;
}
