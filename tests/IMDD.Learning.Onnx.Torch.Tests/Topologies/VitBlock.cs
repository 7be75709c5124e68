using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>Patches, positions, a class token and one pre-norm encoder block (Dosovitskiy et al. 2021, figure 1), with torch's own attention module.</summary>
internal sealed class VitBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d _patches;
    private readonly Parameter _token;
    private readonly Parameter _positions;
    private readonly LayerNorm _before;
    private readonly MultiheadAttention _attention;
    private readonly Sequential _mlp;

    public VitBlock(long patch, long side, long width, long heads)
        : base(nameof(VitBlock))
    {
        _patches = nn.Conv2d(3, width, patch, patch);
        _token = nn.Parameter(zeros(1, 1, width));
        _positions = nn.Parameter(zeros(1, (side * side) + 1, width));
        _before = nn.LayerNorm(width);
        _attention = nn.MultiheadAttention(width, heads);
        _mlp = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width * 4), nn.GELU(), nn.Dropout(), nn.Linear(width * 4, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var tokens = _patches.call(input).flatten(2).transpose(1, 2);
        tokens = cat([_token.expand(input.shape[0], -1, -1), tokens], 1) + _positions;
        var normal = _before.call(tokens).transpose(0, 1);
        tokens = tokens + _attention.call(normal, normal, normal, null, false, null).Item1.transpose(0, 1);
        return tokens + _mlp.call(tokens);
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var patches = onnx.Call(_patches, input);
        var tokens = graph.Transpose(graph.Reshape(patches, [patches.Shape[0], patches.Shape[1], patches.Shape[2].Times(patches.Shape[3])]), 0, 2, 1);
        tokens = graph.Concat(1, graph.ExpandLike(onnx.Parameter("token", _token), graph.Slice(tokens, 1, 0, 1)), tokens);
        tokens = graph.Add(tokens, onnx.Parameter("positions", _positions));
        var normal = graph.Transpose(onnx.Call(_before, tokens), 1, 0, 2);
        tokens = graph.Add(tokens, graph.Transpose(onnx.CallMany(_attention, normal, normal, normal)[0], 1, 0, 2));
        return graph.Add(tokens, onnx.Call(_mlp, tokens));
    }
}
