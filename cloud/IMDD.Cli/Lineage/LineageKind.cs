namespace IMDD.Cli.Lineage;

/// <summary>What a node of a lineage is.</summary>
internal static class LineageKind
{
    public const string Event = "event";
    public const string Frame = "frame";
    public const string Label = "label";
    public const string Model = "model";
    public const string Parent = "parent";
    public const string TrainingSet = "training_set";
    public const string LearnedBy = "learned_by";
    public const string JudgedBy = "judged_by";
}
