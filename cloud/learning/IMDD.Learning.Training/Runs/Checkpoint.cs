using IMDD.Inference.Bundles;

namespace IMDD.Learning.Training.Runs;

/// <summary>All that a run needs to go on as if it had never stopped.</summary>
/// <param name="State">Where it stood.</param>
/// <param name="Tensors">Weights, their running mean, and the best so far.</param>
/// <param name="Optimizer">The optimiser's own state.</param>
internal sealed record Checkpoint(RunState State, IReadOnlyDictionary<string, Float32Tensor> Tensors, byte[] Optimizer);
