namespace IMDD.Learning.Evaluation.Features;

/// <summary>Feature files to measure; at least one complete pair, or one file of probabilities or logits.</summary>
public sealed record FeatureRequest
{
    /// <summary>Features of real pictures, <c>[N, D]</c>.</summary>
    public string? Real { get; init; }

    /// <summary>Features of generated pictures, <c>[M, D]</c>.</summary>
    public string? Generated { get; init; }

    /// <summary>Class probabilities of generated pictures, <c>[M, classes]</c>.</summary>
    public string? Probabilities { get; init; }

    /// <summary>Logits of generated pictures, <c>[M, classes]</c>.</summary>
    public string? Logits { get; init; }

    /// <summary>Splits of the inception score.</summary>
    public int Splits { get; init; } = 10;

    /// <summary>Embeddings of queries, <c>[Q, D]</c>.</summary>
    public string? Queries { get; init; }

    /// <summary>Embeddings of answers, <c>[A, D]</c>.</summary>
    public string? Gallery { get; init; }

    /// <summary>Text file, one label a query.</summary>
    public string? QueryLabels { get; init; }

    /// <summary>Text file, one label an answer.</summary>
    public string? GalleryLabels { get; init; }

    /// <summary>Seed of the kernel distance's subsets.</summary>
    public int Seed { get; init; } = 1;
}
