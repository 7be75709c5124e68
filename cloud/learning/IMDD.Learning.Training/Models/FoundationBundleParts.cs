using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>What a bundle is made of beside its graph.</summary>
/// <param name="Configuration">The model.</param>
/// <param name="Classes">What it is to name.</param>
/// <param name="Rows">Unit rows of their names, [K, E].</param>
/// <param name="Half">Whether it computes in 16 bits.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="MaxGraphBytes">Most bytes of weights within the graph's own file.</param>
internal sealed record FoundationBundleParts(
    FoundationConfiguration Configuration, IReadOnlyList<TrainedClass> Classes, Tensor Rows, bool Half, DateTimeOffset CreatedAt, long MaxGraphBytes);
