namespace IMDD.Learning.Onnx.Quantization;

/// <summary>How the range of an activation is chosen from what was seen.</summary>
public enum CalibrationMethod
{
    /// <summary>All of it: nothing is cut off, and an outlier coarsens everything.</summary>
    MinMax,

    /// <summary>All but a share of the elements at either end.</summary>
    Percentile,

    /// <summary>The threshold that loses least information by Kullback-Leibler divergence (Migacz 2017, "8-bit inference with TensorRT").</summary>
    Entropy,
}
