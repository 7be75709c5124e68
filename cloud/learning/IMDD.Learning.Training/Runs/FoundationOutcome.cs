namespace IMDD.Learning.Training.Runs;

/// <summary>How a foundation model's run ended.</summary>
/// <param name="Step">Steps taken, of both stages.</param>
/// <param name="NoiseLoss">Mean squared error of the noise in crops to validate on, always the same draws; 1 is what a network has that always says 0.</param>
/// <param name="MaskLoss">The mask generator's loss on them.</param>
/// <param name="GroundingLoss">What of it, unweighted and of the last prediction, holds masks to words; null where no crop shows a named class.</param>
/// <param name="CpuSeconds">CPU time spent on steps, over all parts of an interrupted run.</param>
public sealed record FoundationOutcome(long Step, double? NoiseLoss, double? MaskLoss, double? GroundingLoss, double CpuSeconds);
