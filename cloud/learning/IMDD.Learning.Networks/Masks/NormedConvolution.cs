using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>A convolution without bias and a group norm, under the names that put the norm inside the convolution.</summary>
internal sealed class NormedConvolution : NamedModule
{
    private const double NormEpsilon = 1e-5;

    private readonly GroupNorm _norm;
    private readonly long _padding;

    public NormedConvolution(long from, long to, long kernel, long groups, Placement placement)
        : base(nameof(NormedConvolution))
    {
        _padding = kernel / 2;
        register_parameter("weight", nn.Parameter(empty([to, from, kernel, kernel], placement.Type, placement.Device)));
        nn.init.kaiming_uniform_(Weight, a: 1);
        register_module("norm", _norm = placement.GroupNorm(groups, to, NormEpsilon));
    }

    private Parameter Weight => Own("weight");

    /// <param name="map">[B, from, H, W].</param>
    /// <returns>[B, to, H, W].</returns>
    public Tensor Forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        return _norm.call(nn.functional.conv2d(map, Weight, padding: [_padding, _padding])).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue map)
    {
        var kernel = Weight.shape[2];
        var convolved = onnx.Graph.Conv(map, onnx.Parameter("weight", Weight), null, OnnxWindow.Square(kernel, padding: _padding));
        return onnx.Call(_norm, convolved);
    }
}
