using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>A model and what it is measured on.</summary>
/// <param name="Model">The model.</param>
/// <param name="Dataset">With its groups joined.</param>
/// <param name="Split">Its split.</param>
public sealed record EvaluationFold(IMeasuredModel Model, Dataset Dataset, DatasetSplit Split);
