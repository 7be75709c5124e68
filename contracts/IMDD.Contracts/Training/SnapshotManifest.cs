namespace IMDD.Contracts.Training;

/// <summary>All that a run learns from and is judged by, by content. Its digest is the snapshot's id; it and the label files are blobs.</summary>
/// <param name="Version">1.</param>
/// <param name="Run">The run it was made for.</param>
/// <param name="LastLabel">Sequence of the newest label that was looked at.</param>
/// <param name="TrainFrames">How many frames.</param>
/// <param name="GateFrames">How many frames.</param>
/// <param name="GateData">The gate's configured data sets.</param>
/// <param name="GateSplit">Side of their split.</param>
/// <param name="GatePictures">Digest of the sorted list of all digests of gate pictures, none of which is learned from.</param>
/// <param name="Replay">What is learned from again.</param>
/// <param name="LeftOut">Frames that were left out, and why.</param>
/// <param name="Train">Digest of the labels to learn from, which name every picture by its hash; null without any.</param>
/// <param name="Gate">The same of the labelled frames of the gate set.</param>
/// <param name="MaxRaterShare">Largest part of the weight that one rater may have; null where none was held to one.</param>
/// <param name="Raters">Whose words are learned from, by name.</param>
public sealed record SnapshotManifest(
    int Version,
    string Run,
    long LastLabel,
    int TrainFrames,
    int GateFrames,
    IReadOnlyList<string> GateData,
    string GateSplit,
    string GatePictures,
    IReadOnlyList<string> Replay,
    IReadOnlyDictionary<string, string> LeftOut,
    string? Train = null,
    string? Gate = null,
    double? MaxRaterShare = null,
    IReadOnlyList<SnapshotRater>? Raters = null);
