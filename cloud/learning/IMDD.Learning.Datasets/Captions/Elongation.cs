namespace IMDD.Learning.Datasets.Captions;

/// <summary>How much longer than wide, by the second moments of the mask.</summary>
public enum Elongation
{
    /// <summary>Less than twice as long as wide.</summary>
    Compact,

    /// <summary>Two to five times.</summary>
    Elongated,

    /// <summary>Five times and more.</summary>
    ThreadLike,
}
