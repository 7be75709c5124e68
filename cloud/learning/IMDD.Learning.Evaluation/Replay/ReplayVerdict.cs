namespace IMDD.Learning.Evaluation.Replay;

/// <summary>What a candidate says of a frame that the line has decided.</summary>
/// <param name="WasFailed">What the line decided.</param>
/// <param name="Fails">What the candidate decides; null: it cannot.</param>
/// <param name="Classes">Classes that it shows in a frame that it fails, each once.</param>
public sealed record ReplayVerdict(bool WasFailed, bool? Fails, IReadOnlyCollection<string> Classes);
