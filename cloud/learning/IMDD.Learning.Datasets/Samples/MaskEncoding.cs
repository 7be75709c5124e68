namespace IMDD.Learning.Datasets.Samples;

/// <summary>How a mask file marks a defective pixel.</summary>
public enum MaskEncoding
{
    /// <summary>Any value over 0: masks of 0 and 255, of 0 and 1, and of class numbers.</summary>
    NonZero,

    /// <summary>Any value over 127: masks with anti-aliased grey edges.</summary>
    AboveHalf,

    /// <summary>MATLAB v5 <c>groundTruth.Segmentation</c>: values of 2 and above.</summary>
    MatlabSegmentation,
}
