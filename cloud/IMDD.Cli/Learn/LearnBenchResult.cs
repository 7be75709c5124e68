namespace IMDD.Cli.Learn;

/// <summary>What a few labels taught a model.</summary>
/// <param name="Seed">Drew the kind and the surfaces.</param>
/// <param name="NewKind">The kind.</param>
/// <param name="LabelsUsed">Labelled frames.</param>
/// <param name="RecallNewAfter">Caught of the new kind's frames, of the worst line.</param>
/// <param name="RecallByLine">Of each.</param>
/// <param name="DetectionNewAfter">Failed in the right place, whatever the name, of the worst line.</param>
/// <param name="OldKindsChangePoints">The worse of recall gained and false alarms saved on known kinds, points.</param>
/// <param name="OldKindsBefore">The model that went in.</param>
/// <param name="OldKindsAfter">The model that came out.</param>
public sealed record LearnBenchResult(
    int Seed, string NewKind, int LabelsUsed, double RecallNewAfter, IReadOnlyList<double> RecallByLine, double DetectionNewAfter, double OldKindsChangePoints,
    FrozenFigures OldKindsBefore, FrozenFigures OldKindsAfter);
