namespace IMDD.Cli.Learn;

/// <summary>From how much, and how, the loop learns a new kind: what the demo's trainer is configured with, and what its bench measures.</summary>
internal sealed record LearnRecipe
{
    /// <summary>Labels of the new kind that start a run, as many of each line.</summary>
    public const int LabelsOfNewKind = 24;

    /// <summary>Labels of good parts that were failed, at most: what is learned beside a network does not change how that sees them.</summary>
    public const int LabelsOfFalseAlarms = 1;

    private const ulong ReplaySeed = 3_000_000;
    private const int FramesOfProduct = 6;

    /// <summary>CPU-minutes of a run.</summary>
    public double Minutes { get; init; } = 5;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Frames of known kinds that are learned from again.</summary>
    public int ReplayFrames { get; init; } = 1200;

    /// <summary>True: the new kind is learned in a branch beside the network.</summary>
    public bool SideBranch { get; init; } = true;

    /// <summary>Weight by which a network that changes is held to what it said before.</summary>
    public double Memory { get; init; } = 0.5;

    /// <summary>What the fleet's model was made from, in small: known kinds on other products, so that they are not forgotten.</summary>
    public string Replay(int seed)
        => FormattableString.Invariant($"synthetic:seed={ReplaySeed + (ulong)seed},count={ReplayFrames},products={ReplayFrames / FramesOfProduct}");

    /// <summary>All of it for <c>imdd train edge</c>.</summary>
    public IEnumerable<string> Arguments(int seed) =>
    [
        "--data", Replay(seed), "--minutes", FormattableString.Invariant($"{Minutes}"), "--learning-rate", FormattableString.Invariant($"{LearningRate}"),
        "--memory", FormattableString.Invariant($"{Memory}"), .. SideBranch ? ["--side-branch"] : Array.Empty<string>(),
    ];
}
