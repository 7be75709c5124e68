using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>The running mean of weights (Polyak and Juditsky 1992), in 32 bits. Early on, when weights still move far, it is short.</summary>
internal sealed class WeightMean : IDisposable
{
    private readonly List<(Parameter Weight, Tensor Mean)> _pairs;
    private readonly double _decay;
    private long _steps;

    /// <param name="weights">Of 32 bits, where they are now.</param>
    /// <param name="decay">How much of the mean stays at each step, in the long run.</param>
    public WeightMean(IReadOnlyList<Parameter> weights, double decay)
    {
        using var untracked = no_grad();
        _pairs = [.. weights.Select(weight => (weight, weight.detach().clone().DetachFromDisposeScope()))];
        _decay = decay;
    }

    /// <summary>Takes in the weights after a step.</summary>
    public void Update()
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var decay = Math.Min(_decay, (1.0 + _steps) / (10.0 + _steps));
        _steps++;
        foreach (var (weight, mean) in _pairs)
        {
            mean.lerp_(weight, 1 - decay);
        }
    }

    /// <summary>Makes the weights their mean.</summary>
    public void Publish()
    {
        using var untracked = no_grad();
        foreach (var (weight, mean) in _pairs)
        {
            weight.copy_(mean);
        }
    }

    public void Save(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(_steps);
        foreach (var (_, mean) in _pairs)
        {
            writer.Write(mean.cpu().contiguous().bytes);
        }
    }

    public void Load(BinaryReader reader)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        _steps = reader.ReadInt64();
        foreach (var (_, mean) in _pairs)
        {
            var values = new float[mean.numel()];
            reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            mean.copy_(tensor(values).view(mean.shape));
        }
    }

    public void Dispose() => _pairs.ForEach(pair => pair.Mean.Dispose());
}
