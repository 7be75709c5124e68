using IMDD.Learning.Training.Models;
using TorchSharp;

namespace IMDD.Learning.Training.Runs;

/// <summary>The running mean of a model's weights (Polyak and Juditsky 1992), in a second model; running statistics are copied.</summary>
internal sealed class WeightAverage
{
    private readonly List<(torch.Tensor Source, torch.Tensor Target)> _weights;
    private readonly List<(torch.Tensor Source, torch.Tensor Target)> _statistics;
    private readonly double _decay;

    public WeightAverage(EdgeModel model, EdgeModel average, double decay)
    {
        _decay = decay;
        _weights = [.. Weights(model).Zip(Weights(average))];
        _statistics = [.. Statistics(model).Zip(Statistics(average))];

        static IEnumerable<torch.Tensor> Weights(EdgeModel m) => m.Network.parameters().Concat(m.Text.parameters());
        static IEnumerable<torch.Tensor> Statistics(EdgeModel m) => m.Network.buffers();
    }

    /// <summary>Takes in the weights after a step, from 0. Early on, when the weights still move far, the mean is short.</summary>
    public void Update(long step)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var decay = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        foreach (var (source, target) in _weights)
        {
            target.lerp_(source, 1 - decay);
        }

        foreach (var (source, target) in _statistics)
        {
            target.copy_(source);
        }
    }
}
