using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>Three linear layers with ReLUs between them: from a query to its mask's embedding.</summary>
internal sealed class MaskPerceptron : NamedModule
{
    private readonly ModuleList<Linear> _layers;

    public MaskPerceptron(long width, long to, Placement placement)
        : base(nameof(MaskPerceptron))
        => register_module("layers", _layers = nn.ModuleList(placement.Linear(width, width), placement.Linear(width, width), placement.Linear(width, to)));

    public Tensor Forward(Tensor queries)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.relu(_layers[0].call(queries));
        return _layers[2].call(nn.functional.relu(_layers[1].call(hidden))).MoveToOuterDisposeScope();
    }
}
