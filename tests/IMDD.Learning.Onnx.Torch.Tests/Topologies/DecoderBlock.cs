using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>
/// A block of a latent diffusion decoder (Esser et al. 2021, table 7; Rombach et al. 2022, appendix G): residual with group normalisation
/// and SiLU, attention over all positions, nearest upsampling.
/// </summary>
internal sealed class DecoderBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential _residual;
    private readonly GroupNorm _norm;
    private readonly Conv2d _query;
    private readonly Conv2d _key;
    private readonly Conv2d _value;
    private readonly Conv2d _output;
    private readonly Sequential _upsample;

    public DecoderBlock(long channels, long groups)
        : base(nameof(DecoderBlock))
    {
        _residual = nn.Sequential(
            nn.GroupNorm(groups, channels, 1e-6),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding: 1),
            nn.GroupNorm(groups, channels, 1e-6),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding: 1));
        _norm = nn.GroupNorm(groups, channels, 1e-6);
        _query = nn.Conv2d(channels, channels, 1);
        _key = nn.Conv2d(channels, channels, 1);
        _value = nn.Conv2d(channels, channels, 1);
        _output = nn.Conv2d(channels, channels, 1);
        _upsample = nn.Sequential(nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest), nn.Conv2d(channels, channels, 3, padding: 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var value = input + _residual.call(input);
        var normal = _norm.call(value);
        var parts = new[] { _query, _key, _value }.Select(layer => layer.call(normal).flatten(2).transpose(1, 2).unsqueeze(1)).ToArray();
        var attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        value = value + _output.call(attended.squeeze(1).transpose(1, 2).reshape(value.shape));
        return _upsample.call(value);
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var value = graph.Add(input, onnx.Call(_residual, input));
        var normal = onnx.Call(_norm, value);
        var parts = new[] { _query, _key, _value }.Select(layer => Positions(graph, onnx.Call(layer, normal))).ToArray();
        var attended = graph.Transpose(onnx.Attention(parts[0], parts[1], parts[2], heads: 1), 0, 2, 1);
        value = graph.Add(value, onnx.Call(_output, graph.ReshapeLike(attended, value)));
        return onnx.Call(_upsample, value);
    }

    /// <summary><c>[B, C, H, W]</c> as <c>[B, H·W, C]</c>.</summary>
    private static OnnxValue Positions(OnnxGraphBuilder graph, OnnxValue map)
        => graph.Transpose(graph.Reshape(map, [map.Shape[0], map.Shape[1], map.Shape[2].Times(map.Shape[3])]), 0, 2, 1);
}
