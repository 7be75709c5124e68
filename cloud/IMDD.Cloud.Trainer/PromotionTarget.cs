namespace IMDD.Cloud.Trainer;

/// <summary>What becomes of a release that has met its gates.</summary>
public enum PromotionTarget
{
    /// <summary>A person decides.</summary>
    None,

    /// <summary>Some agents try it.</summary>
    Challenger,

    /// <summary>All agents run it.</summary>
    Champion,
}
