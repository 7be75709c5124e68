namespace IMDD.Synthetics.Looks;

/// <summary>How a <see cref="DefectLook"/> stands to the surface around it.</summary>
public enum LookRelief
{
    /// <summary>Level with it.</summary>
    Flat,

    /// <summary>Above it.</summary>
    Raised,

    /// <summary>Below it.</summary>
    Sunken,
}
