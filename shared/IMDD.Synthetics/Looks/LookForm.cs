namespace IMDD.Synthetics.Looks;

/// <summary>The shape of a <see cref="DefectLook"/>.</summary>
public enum LookForm
{
    /// <summary>Small and round.</summary>
    Spot,

    /// <summary>Long and thin.</summary>
    Line,

    /// <summary>An irregular area.</summary>
    Patch,

    /// <summary>The border of an area alone.</summary>
    Ring,

    /// <summary>Waves over an area.</summary>
    Stripes,
}
