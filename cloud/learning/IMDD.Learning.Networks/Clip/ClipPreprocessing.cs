using IMDD.Learning.Onnx.Graph;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>What CLIP was trained to see: the shorter side resized with bicubic smoothing, the centre cut out, channels normalised (Radford et al. 2021).</summary>
public static class ClipPreprocessing
{
    private static readonly double[] Mean = [0.48145466, 0.4578275, 0.40821073];
    private static readonly double[] Deviation = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Images as the vision tower takes them.</summary>
    /// <param name="image">[B, 3, H, W] in [0, 1].</param>
    /// <param name="side">The tower's image size.</param>
    /// <returns>[B, 3, side, side].</returns>
    public static Tensor Apply(Tensor image, int side)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.shape[2], image.shape[3]);
        var scale = (double)side / Math.Min(height, width);
        long[] size = height <= width ? [side, Math.Max(side, (long)(width * scale))] : [Math.Max(side, (long)(height * scale)), side];
        var resized = height == side && width == side
            ? image
            : nn.functional.interpolate(image, size, mode: InterpolationMode.Bicubic, align_corners: false, antialias: true).clamp(0, 1);
        var centre = resized.narrow(2, (size[0] - side) / 2, side).narrow(3, (size[1] - side) / 2, side);
        return Normalise(centre).MoveToOuterDisposeScope();
    }

    /// <summary>The same of a whole image pressed into the square: a plant's frame has nothing beside it, and a defect at its edge counts.</summary>
    /// <param name="image">[B, 3, H, W] in [0, 1].</param>
    /// <param name="side">The tower's image size.</param>
    /// <returns>[B, 3, side, side].</returns>
    public static Tensor ApplyWhole(Tensor image, int side)
    {
        using var scope = NewDisposeScope();
        var resized = nn.functional.interpolate(image, [side, side], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true);
        return Normalise(resized.clamp(0, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what <see cref="ApplyWhole"/> computes.</summary>
    /// <param name="graph">The graph, of operator set 18 or later: earlier ones do not smooth when they make smaller.</param>
    /// <param name="image">[B, 3, H, W] in [0, 1].</param>
    /// <param name="side">The tower's image size.</param>
    public static OnnxValue Export(OnnxGraphBuilder graph, OnnxValue image, int side)
    {
        // Catmull-Rom's; what torch smooths with, unlike its plain bicubic.
        const float Coefficient = -0.5f;
        var sizes = graph.Concat(0, graph.Slice(graph.Shape(image), 0, 0, 2), graph.Vector(side, side));
        var resized = graph.Node(
            "Resize",
            [image, null, null, sizes],
            image.Type,
            [image.Shape[0], image.Shape[1], side, side],
            OnnxAttribute.Text("mode", "cubic"),
            OnnxAttribute.Text("coordinate_transformation_mode", "half_pixel"),
            OnnxAttribute.Float("cubic_coeff_a", Coefficient),
            OnnxAttribute.Int("antialias", 1),
            OnnxAttribute.Int("exclude_outside", 1));
        var clamped = graph.Clip(resized, 0, 1);
        var mean = graph.Constant("mean", [.. Mean.Select(value => (float)value)], 1, 3, 1, 1);
        var deviation = graph.Constant("deviation", [.. Deviation.Select(value => (float)value)], 1, 3, 1, 1);
        return graph.Div(graph.Sub(clamped, mean), deviation);
    }

    private static Tensor Normalise(Tensor image)
    {
        var mean = tensor(Mean, image.dtype, image.device).view(1, -1, 1, 1);
        var deviation = tensor(Deviation, image.dtype, image.device).view(1, -1, 1, 1);
        return (image - mean) / deviation;
    }
}
