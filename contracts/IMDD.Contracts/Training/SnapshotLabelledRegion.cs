namespace IMDD.Contracts.Training;

/// <summary>A defect of a labelled frame.</summary>
/// <param name="Class">Its name.</param>
public sealed record SnapshotLabelledRegion(string Class);
