namespace IMDD.Cli.DeadLetters;

/// <summary>What a replay did.</summary>
/// <param name="Found">Dead letters there are.</param>
/// <param name="Selected">Those that were meant.</param>
/// <param name="Replayed">Those put back.</param>
/// <param name="Failures">Those that were not, with the reason.</param>
internal sealed record ReplayResult(int Found, int Selected, int Replayed, IReadOnlyList<string> Failures);
