namespace IMDD.Learning.Onnx.Quantization;

/// <summary>How a model is quantized.</summary>
public sealed record Int8Options
{
    /// <summary>How activations' ranges are chosen.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.Percentile;

    /// <summary>For <see cref="CalibrationMethod.Percentile"/>: share of the elements within the range, in percent.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>
    /// Leave the layers before which there is no other in floats: they see the picture, few weights are in them, and bytes of few channels are slower than
    /// floats. What only rearranges or averages before them, though it is written as a layer, stays with them.
    /// </summary>
    public bool KeepFirst { get; init; } = true;

    /// <summary>
    /// Leave the last convolution or product before each output in floats, with what only averages behind it: thresholds are set on what it gives. One whose
    /// mean over a map is an output, while the map goes on to other layers, is not left: a mean takes the rounding of many places out again.
    /// </summary>
    public bool KeepLast { get; init; } = true;

    /// <summary>Beginnings of names of nodes that stay in floats: a path of modules, with slashes.</summary>
    public IReadOnlyList<string> KeepNames { get; init; } = [];

    /// <summary>
    /// Weights in seven bits. x86 processors without VNNI add pairs of products in 16 bits, which overflow with eight; accuracy is lost
    /// everywhere for what they need.
    /// </summary>
    public bool ReduceRange { get; init; }
}
