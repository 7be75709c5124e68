using IMDD.Learning.Evaluation.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class DistributionTests
{
    private static readonly double[][] X = [[0, 1], [1, 0], [2, 2], [3, 1], [1, 3]];
    private static readonly double[][] Y = [[1, 1], [2, 0], [4, 3], [3, 2], [2, 4]];

    [Fact]
    public void Frechet_WorkedVector_MatchesPublishedValue()
        => FrechetDistance.Of(Statistics(X), Statistics(Y)).Value.ShouldBe(1.6692919100, 1e-9);

    [Fact]
    public void Frechet_SameSamples_IsZero()
        => FrechetDistance.Of(Statistics(X), Statistics(X)).Value.ShouldBe(0, 1e-9);

    [Fact]
    public void Frechet_OneSample_IsUndefined()
        => FrechetDistance.Of(Statistics([[0.0, 1]]), Statistics(Y)).IsDefined.ShouldBeFalse();

    [Fact]
    public void Kernel_WorkedVector_MatchesPublishedValue()
        => KernelDistance.Of(Matrix<double>.Build.DenseOfRowArrays(X), Matrix<double>.Build.DenseOfRowArrays(Y)).Value.ShouldBe(77.56, 1e-9);

    [Fact]
    public void Inception_WorkedLogits_MatchPublishedValues()
    {
        double[][] logits = [[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0]];
        double[][] probabilities = [.. logits.Select(row => row.Select(v => Math.Exp(v) / row.Sum(Math.Exp)).ToArray())];

        InceptionScore.Of(probabilities).Mean.ShouldBe(1.4056918864, 1e-10);
        var two = InceptionScore.Of(probabilities, splits: 2);
        two.Mean.ShouldBe(1.2910608664, 1e-10);
        two.StandardDeviation.ShouldBe(0.0492464370, 1e-10);
    }

    private static FeatureStatistics Statistics(double[][] samples)
    {
        var statistics = new FeatureStatistics(samples[0].Length);
        foreach (var sample in samples)
        {
            statistics.Add(sample);
        }

        return statistics;
    }
}
