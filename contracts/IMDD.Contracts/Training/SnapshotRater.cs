namespace IMDD.Contracts.Training;

/// <summary>A person whose words are learned from.</summary>
/// <param name="RaterId">Who.</param>
/// <param name="Frames">Frames that rest on their word; one that rests on several people's counts for each.</param>
/// <param name="Weight">What each of their words counts, above 0 and at most 1.</param>
/// <param name="Share">Their part of the snapshot's weight, 0 to 1.</param>
public sealed record SnapshotRater(string RaterId, int Frames, double Weight, double Share);
