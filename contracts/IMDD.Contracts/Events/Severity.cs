namespace IMDD.Contracts.Events;

/// <summary>How bad a defect is.</summary>
public enum Severity
{
    /// <summary>A word this version does not know.</summary>
    Unknown,

    /// <summary>Cosmetic.</summary>
    Minor,

    /// <summary>Impairs use.</summary>
    Major,

    /// <summary>Unsafe or unusable.</summary>
    Critical,
}
