namespace IMDD.Learning.Datasets.Captions;

/// <summary>How much of the picture is defective.</summary>
public enum DefectScale
{
    /// <summary>Below 0.1 %.</summary>
    Tiny,

    /// <summary>0.1 to 1 %.</summary>
    Small,

    /// <summary>1 to 5 %.</summary>
    Medium,

    /// <summary>5 to 20 %.</summary>
    Large,

    /// <summary>20 % and more.</summary>
    Extensive,
}
