using IMDD.Contracts.Events;

namespace IMDD.Contracts.Training;

/// <summary>A labelled frame.</summary>
/// <param name="Sha256">Hex of its picture's SHA-256.</param>
/// <param name="Verdict">Pass or fail.</param>
/// <param name="Regions">Its defects.</param>
public sealed record SnapshotLabelledFrame(string Sha256, Verdict Verdict, IReadOnlyList<SnapshotLabelledRegion> Regions);
