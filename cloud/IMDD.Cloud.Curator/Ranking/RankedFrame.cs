namespace IMDD.Cloud.Curator.Ranking;

/// <summary>A frame as the order sees it.</summary>
/// <param name="Worth">Uncertainty × novelty.</param>
/// <param name="Model">Digest of the model that the vector is of; null where there is none.</param>
/// <param name="Vector">Unit vector, or null.</param>
/// <param name="Frames">How many frames it stands for, itself included.</param>
internal sealed record RankedFrame(string OutcomeId, double Worth, string? Model, float[]? Vector, int Frames = 1);
