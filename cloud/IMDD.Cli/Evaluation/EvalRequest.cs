using IMDD.Learning.Datasets.Splits;

namespace IMDD.Cli.Evaluation;

/// <summary>What to measure on.</summary>
/// <param name="Data">KEY:PATH.</param>
/// <param name="Side">train, val, test or all.</param>
/// <param name="SplitId">The split must have this id; null: any.</param>
/// <param name="AllowOtherSplit">Measure a bundle that was trained by another split.</param>
/// <param name="Html">Report to write.</param>
/// <param name="Rule">How the data is divided.</param>
/// <param name="Strict">Stop at the first file that cannot be used.</param>
internal sealed record EvalRequest(string Data, string Side, string? SplitId, bool AllowOtherSplit, FileInfo? Html, DivisionRule Rule, bool Strict);
