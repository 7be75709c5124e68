namespace IMDD.Learning.Onnx.Graph;

/// <summary>What is simplified when a model is made. None of it changes what the model computes beyond rounding.</summary>
[Flags]
public enum OnnxOptimizations
{
    None = 0,

    /// <summary>Nodes of constants alone are computed now.</summary>
    FoldConstants = 1,

    /// <summary>A batch normalisation after a convolution or a matrix product goes into its weights.</summary>
    FoldBatchNormalization = 2,

    /// <summary>Nodes and constants that no output needs are dropped, and nodes that do nothing.</summary>
    RemoveUnused = 4,

    /// <summary>Constants of the same content are kept once.</summary>
    ShareConstants = 8,

    All = FoldConstants | FoldBatchNormalization | RemoveUnused | ShareConstants,
}
