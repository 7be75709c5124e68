namespace IMDD.Learning.Onnx.Graph;

/// <summary>How a map is resized, named by what PyTorch computes.</summary>
public enum OnnxResampling
{
    /// <summary>Element floor(x · scale): <c>mode="nearest"</c>.</summary>
    Nearest,

    /// <summary>Element floor((x + ½) · scale): <c>mode="nearest-exact"</c>.</summary>
    NearestExact,

    /// <summary>Between the elements' centres, the edge repeated: <c>mode="bilinear", align_corners=False</c>.</summary>
    Linear,

    /// <summary>The corners stay corners: <c>mode="bilinear", align_corners=True</c>.</summary>
    LinearAlignedCorners,

    /// <summary>Cubic convolution with a = −0.75: <c>mode="bicubic", align_corners=False</c>.</summary>
    Cubic,

    /// <summary>The same with corners that stay corners.</summary>
    CubicAlignedCorners,
}
