namespace IMDD.Learning.Datasets.Synthetic;

/// <summary>What the defects of synthetic surfaces are called, and which are drawn.</summary>
public enum SurfaceNaming
{
    /// <summary>By their kind: <c>crack</c>.</summary>
    Kind,

    /// <summary>By surface and kind, <c>glass crack</c>; only names of the protocol's base, which are trained on.</summary>
    Base,

    /// <summary>By surface and kind; only names that are not of the base, while each of their words is.</summary>
    Novel,

    /// <summary>By surface and kind; only kinds that occur in no name of the base.</summary>
    Unseen,

    /// <summary>By what they look like, <c>several sunken dark spots</c>, whatever they are (<see cref="IMDD.Synthetics.Looks.DefectLooks.Base"/>).</summary>
    Looks,

    /// <summary>By what they look like; only combinations that are never trained on, of words that are.</summary>
    NovelLooks,
}
