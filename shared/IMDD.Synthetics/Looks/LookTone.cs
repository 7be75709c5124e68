namespace IMDD.Synthetics.Looks;

/// <summary>The colour of a <see cref="DefectLook"/>.</summary>
public enum LookTone
{
    /// <summary>The surface's own.</summary>
    Plain,

    /// <summary>Darker than the surface.</summary>
    Dark,

    /// <summary>Lighter than the surface.</summary>
    Bright,

    /// <summary>Of a hue of its own.</summary>
    Coloured,
}
