namespace IMDD.Learning.Datasets.Captions;

/// <summary>Which way a defect runs, in the picture.</summary>
public enum Orientation
{
    /// <summary>No direction of its own.</summary>
    None,

    /// <summary>Within 22.5° of the horizontal.</summary>
    Horizontal,

    /// <summary>Within 22.5° of the vertical.</summary>
    Vertical,

    /// <summary>From lower left to upper right.</summary>
    Rising,

    /// <summary>From upper left to lower right.</summary>
    Falling,
}
