using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>
/// A feature pyramid (Lin et al. 2017) in the form of Mask2Former's <c>BasePixelDecoder</c>: from the coarsest map on, each is brought to one width,
/// the coarser result is added at twice its size, and the sum smoothed. No deformable attention, so that every operator exists in ONNX.
/// </summary>
public sealed class PixelDecoder : NamedModule
{
    private readonly List<NormedConvolution?> _lateral = [];
    private readonly List<NormedConvolution> _output = [];
    private readonly Conv2d _mask;

    /// <summary>A decoder with new parameters.</summary>
    public PixelDecoder(MaskGeneratorOptions options, Placement placement = default)
        : base(nameof(PixelDecoder))
    {
        options.Validate();
        for (var level = 0; level < options.InChannels.Count; level++)
        {
            var from = options.InChannels[level];
            var isCoarsest = level == options.InChannels.Count - 1;
            var lateral = isCoarsest ? null : new NormedConvolution(from, options.PixelWidth, 1, options.NormGroups, placement);
            if (lateral is not null)
            {
                register_module($"adapter_{level + 1}", lateral);
            }

            var output = new NormedConvolution(isCoarsest ? from : options.PixelWidth, options.PixelWidth, 3, options.NormGroups, placement);
            register_module($"layer_{level + 1}", output);
            _lateral.Add(lateral);
            _output.Add(output);
        }

        register_module("mask_features", _mask = placement.Convolution(options.PixelWidth, options.MaskWidth, 3, padding: 1));
    }

    /// <param name="maps">Feature maps, finest first, [B, C, H, W]; each half the one before.</param>
    public PixelFeatures Forward(IReadOnlyList<Tensor> maps)
    {
        if (maps.Count != _output.Count)
        {
            throw new ArgumentException($"{maps.Count} feature maps; expected {_output.Count}.", nameof(maps));
        }

        using var scope = NewDisposeScope();
        List<Tensor> levels = [];
        Tensor? coarser = null;
        for (var level = maps.Count - 1; level >= 0; level--)
        {
            var summed = coarser is null
                ? maps[level]
                : _lateral[level]!.Forward(maps[level])
                    + nn.functional.interpolate(coarser, [maps[level].shape[2], maps[level].shape[3]], mode: InterpolationMode.Nearest);
            coarser = nn.functional.relu(_output[level].Forward(summed));
            if (levels.Count < MaskGeneratorOptions.AttendedLevels)
            {
                levels.Add(coarser);
            }
        }

        return new PixelFeatures(_mask.call(coarser!).MoveToOuterDisposeScope(), [.. levels.Select(level => level.MoveToOuterDisposeScope())]);
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    /// <returns>The features that masks are read from, and the maps that queries attend to, coarsest first.</returns>
    public (OnnxValue Mask, IReadOnlyList<OnnxValue> Levels) Export(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> maps)
    {
        var graph = onnx.Graph;
        List<OnnxValue> levels = [];
        OnnxValue? coarser = null;
        for (var level = maps.Count - 1; level >= 0; level--)
        {
            var summed = coarser is null
                ? maps[level]
                : graph.Add(_lateral[level]!.Export(onnx, maps[level]), graph.ResizeLike(coarser, maps[level], OnnxResampling.Nearest));
            coarser = graph.Relu(_output[level].Export(onnx, summed));
            if (levels.Count < MaskGeneratorOptions.AttendedLevels)
            {
                levels.Add(coarser);
            }
        }

        return (onnx.Call(_mask, coarser!), levels);
    }
}
