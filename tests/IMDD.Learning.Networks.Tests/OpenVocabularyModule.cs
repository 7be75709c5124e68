using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

/// <summary>The open-vocabulary head alone: queries, masks, features and rows in, logits out.</summary>
internal sealed class OpenVocabularyModule : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor>, IOnnxMultiExportable
{
    private readonly OpenVocabularyHead _head;

    public OpenVocabularyModule(OpenVocabularyHead head)
        : base(nameof(OpenVocabularyModule)) => register_module("head", _head = head);

    public override Tensor forward(Tensor queries, Tensor masks, Tensor features, Tensor rows)
        => _head.Score(_head.Embed(new MaskPrediction(queries, null, masks), features), rows);

    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var (rows, none) = _head.Export(onnx, inputs[0], inputs[1], inputs[2], inputs[3]);
        return [rows, none];
    }
}
