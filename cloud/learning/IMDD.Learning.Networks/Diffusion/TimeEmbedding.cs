using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>The timestep as sinusoids, and the perceptron that makes the network's time embedding of them.</summary>
internal sealed class TimeEmbedding : NamedModule
{
    private const double LongestPeriod = 10_000;

    private readonly Linear _linear1;
    private readonly Linear _linear2;

    public TimeEmbedding(long from, long hidden, long to, Placement placement)
        : base(nameof(TimeEmbedding))
    {
        register_module("linear_1", _linear1 = placement.Linear(from, hidden));
        register_module("linear_2", _linear2 = placement.Linear(hidden, to));
    }

    /// <summary>In 32 bits always: half precision cannot tell neighbouring timesteps apart.</summary>
    /// <param name="timesteps">[B].</param>
    /// <param name="width">Even.</param>
    /// <param name="cosineFirst">[cos | sin] where true, [sin | cos] where not.</param>
    /// <param name="frequencyShift">Taken from half the width in the exponent.</param>
    /// <returns>[B, width].</returns>
    public static Tensor Sinusoid(Tensor timesteps, int width, bool cosineFirst, double frequencyShift)
    {
        using var scope = NewDisposeScope();
        var half = width / 2;
        var exponents = arange(half, dtype: float32, device: timesteps.device) * (-Math.Log(LongestPeriod) / (half - frequencyShift));
        var angles = timesteps.to(float32).unsqueeze(1) * exponents.exp().unsqueeze(0);
        return cat(cosineFirst ? [angles.cos(), angles.sin()] : [angles.sin(), angles.cos()], 1).MoveToOuterDisposeScope();
    }

    /// <param name="projection">[B, from].</param>
    /// <returns>[B, to].</returns>
    public Tensor Forward(Tensor projection)
    {
        using var scope = NewDisposeScope();
        return _linear2.call(silu(_linear1.call(projection))).MoveToOuterDisposeScope();
    }

    /// <summary>The same for a timestep that is a constant of a graph.</summary>
    public Tensor Constant(OnnxModuleScope onnx, Tensor projection)
    {
        using var scope = NewDisposeScope();
        var hidden = silu(linear(projection, onnx.Value(_linear1.weight), onnx.Value(_linear1.bias!)));
        return linear(hidden, onnx.Value(_linear2.weight), onnx.Value(_linear2.bias!)).MoveToOuterDisposeScope();
    }
}
