namespace IMDD.Edge.Agent.Delivery;

/// <summary>How a release judged frames of the line that another decided.</summary>
/// <param name="Frames">Frames that both have judged.</param>
/// <param name="Different">Of them, those with another verdict.</param>
/// <param name="Unexplained">Of those, the ones that no class explains which the release declares as changed.</param>
/// <param name="Failures">Frames that the release failed on.</param>
internal sealed record ShadowReport(int Frames, int Different, int Unexplained, int Failures)
{
    /// <summary>Frames that the deciding model failed.</summary>
    public int Failed { get; init; }

    /// <summary>Of them, those that the release lets pass.</summary>
    public int LetPass { get; init; }

    /// <summary>Frames that the deciding model passed.</summary>
    public int Passed { get; init; }

    /// <summary>Of them, those that the release fails.</summary>
    public int NewlyFailed { get; init; }

    /// <summary>For people.</summary>
    public override string ToString()
        => Frames + Failures == 0
            ? "No frame came while it watched."
            : FormattableString.Invariant($"It watched {Frames + Failures} frames and judged {Different} otherwise, {Unexplained} of them outside of what it declares as changed.");
}
