namespace IMDD.Inference.Bundles;

/// <summary>What a model makes of a probe's picture, given alone.</summary>
/// <param name="Height">Rows of the planes.</param>
/// <param name="Defect">Output <c>defect</c>, <c>[h, w]</c> values row by row.</param>
/// <param name="ImageScore">Output <c>image_score</c>, <c>[1]</c>.</param>
/// <param name="Embedding">Output <c>embedding</c>, <c>[E]</c>.</param>
public sealed record ProbeOutputs(int Height, ReadOnlyMemory<float> Defect, ReadOnlyMemory<float> ImageScore, ReadOnlyMemory<float> Embedding)
{
    /// <summary>Output <c>class</c> of the cells whose name is sure, another's score being less by <see cref="SureMargin"/>; -1 for the others. Null: not kept.</summary>
    public ReadOnlyMemory<float>? SureClass { get; init; }

    /// <summary>Of <c>class_margin</c>: far more than processors differ by, in eight bits too.</summary>
    public const float SureMargin = 0.2f;
}
