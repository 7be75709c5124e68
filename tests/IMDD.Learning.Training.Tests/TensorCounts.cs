using IMDD.Learning.Training.Runs;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Tests;

/// <summary>Tensors alive, counted whenever a run tells of its progress.</summary>
internal sealed class TensorCounts : IProgress<TrainingProgress>
{
    private readonly List<long> _counts = [];

    public int Count => _counts.Count;

    public void Report(TrainingProgress value) => _counts.Add(Tensor.TotalCount);

    /// <summary>From the second count on.</summary>
    /// <param name="butLast">How many of the last are not looked at.</param>
    public void ShouldNotGrow(int butLast = 1)
        => _counts.Skip(1).Zip(_counts.Skip(2)).SkipLast(butLast).ShouldAllBe(pair => pair.Second <= pair.First, "what others have left may be collected meanwhile");
}
