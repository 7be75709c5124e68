using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

/// <summary>What CLIP says of masks, as a module of its own, to be exported without what stands before it.</summary>
internal sealed class ClipMaskModule : nn.Module<Tensor, Tensor, Tensor, Tensor>, IOnnxMultiExportable
{
    private readonly ClipModel _clip;

    public ClipMaskModule(ClipModel clip)
        : base(nameof(ClipMaskModule)) => register_module("clip", _clip = clip);

    public override Tensor forward(Tensor pixels, Tensor masks, Tensor texts) => _clip.Logits(_clip.EmbedMasks(pixels, masks), texts);

    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
        => [_clip.ExportMaskLogits(onnx, inputs[0], inputs[1], inputs[2])];
}
