namespace IMDD.Learning.Datasets.Captions;

/// <summary>How several regions lie to each other.</summary>
public enum DefectPattern
{
    /// <summary>One region.</summary>
    Single,

    /// <summary>Apart from each other.</summary>
    Scattered,

    /// <summary>Close together.</summary>
    Clustered,

    /// <summary>On one line.</summary>
    Aligned,

    /// <summary>Around a common centre.</summary>
    Radial,
}
