using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>A labelled frame of a training set.</summary>
/// <param name="Digest">Of its picture.</param>
/// <param name="Side">A <see cref="DatasetSide"/>.</param>
/// <param name="Verdict">What it was said to be.</param>
/// <param name="Classes">Names of its defects, each once, in order.</param>
public sealed record DatasetFrame(string Digest, string Side, Verdict Verdict, IReadOnlyList<string> Classes);
