namespace IMDD.Contracts.Training;

/// <summary>What lineage reads of a snapshot's <c>labels.json</c>.</summary>
/// <param name="Frames">Its frames.</param>
public sealed record SnapshotLabels(IReadOnlyList<SnapshotLabelledFrame> Frames);
