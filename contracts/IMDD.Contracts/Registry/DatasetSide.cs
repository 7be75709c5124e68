namespace IMDD.Contracts.Registry;

/// <summary>What a frame of a training set is for.</summary>
public static class DatasetSide
{
    /// <summary>It was learned from.</summary>
    public const string Train = "train";

    /// <summary>It was judged by, and never learned from.</summary>
    public const string Gate = "gate";
}
