using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Runs;
using TorchSharp;

namespace IMDD.Learning.Training.Tests;

public sealed class WeightAverageTests
{
    /// <summary>The mean moves by 1 − min(decay, (1 + step) / (10 + step)) of the way to the weights; statistics are those of the last step.</summary>
    [Fact]
    public void Update_Steps_IsTheRunningMeanWithAShortStart()
    {
        const double decay = 0.75;
        using var noGradient = torch.no_grad();
        using EdgeModel model = Model(), average = Model();
        Fill(average, weights: 8, statistics: 8);
        WeightAverage averaging = new(model, average, decay);

        double expected = 8;
        foreach (var (step, weight, share) in new[] { (0L, 2f, 0.9), (1L, 4f, 9.0 / 11), (8L, -1f, 0.5), (1000L, 6f, 0.25) })
        {
            Fill(model, weight, statistics: weight + 1);
            averaging.Update(step);
            expected += share * (weight - expected);

            Weights(average).ShouldAllBe(value => Math.Abs(value - expected) < 1e-5, $"step {step}: expected {expected}");
            Statistics(average).ShouldAllBe(value => Math.Abs(value - (weight + 1)) < 1e-6, $"step {step}");
            Weights(model).ShouldAllBe(value => Math.Abs(value - weight) < 1e-6, "the weights themselves are left alone");
        }
    }

    private static void Fill(EdgeModel model, float weights, float statistics)
    {
        foreach (var parameter in model.Network.parameters().Concat(model.Text.parameters()))
        {
            parameter.fill_(weights);
        }

        foreach (var buffer in model.Network.buffers())
        {
            buffer.fill_(statistics);
        }
    }

    private static List<double> Weights(EdgeModel model)
        => [.. model.Network.parameters().Concat(model.Text.parameters()).Select(p => (double)p.mean().item<float>())];

    private static List<double> Statistics(EdgeModel model)
        => [.. model.Network.buffers().Select(b => (double)b.to_type(torch.ScalarType.Float32).mean().item<float>())];

    private static EdgeModel Model() => new(new EdgeModelDescription(
        new EdgeNetworkOptions { Size = NetworkSize.Nano }, [new TrainedClass("line", "line", [], "minor")], EdgeCalibration.None, new EdgeModelLineage([], [], 1, 0, null)));
}
