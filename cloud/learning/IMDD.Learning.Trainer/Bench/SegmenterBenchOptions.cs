using IMDD.Learning.Networks;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>What of the edge network is measured.</summary>
/// <param name="Size">Of the network.</param>
/// <param name="Side">Of the frames, pixels.</param>
/// <param name="Runs">Of each kind, in turn.</param>
/// <param name="Threads">Of ONNX Runtime and of libtorch.</param>
/// <param name="Python">The interpreter whose PyTorch is measured beside, where it has one.</param>
internal sealed record SegmenterBenchOptions(NetworkSize Size, int Side, int Runs, int Threads, string Python);
