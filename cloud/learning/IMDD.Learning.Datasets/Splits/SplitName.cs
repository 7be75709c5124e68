namespace IMDD.Learning.Datasets.Splits;

/// <summary>A side of the split.</summary>
public enum SplitName
{
    /// <summary>Weights are trained on it: 55 %.</summary>
    Train,

    /// <summary>Thresholds and early stopping are chosen on it: 15 %.</summary>
    Val,

    /// <summary>Figures are reported on it: 30 %.</summary>
    Test,
}
