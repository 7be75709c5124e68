namespace IMDD.Synthetics.Looks;

/// <summary>How a line of a <see cref="DefectLook"/> runs.</summary>
public enum LookBend
{
    /// <summary>Straight on.</summary>
    Straight,

    /// <summary>To and fro.</summary>
    Wavy,

    /// <summary>Round and round.</summary>
    Curled,
}
