namespace IMDD.Learning.Networks.Training;

/// <summary>What a network computes in while it trains; the weights that are kept are of 32 bits always.</summary>
public enum NumberFormat
{
    /// <summary>32 bits throughout.</summary>
    Single,

    /// <summary>16 bits with the range of 32; needs no scaling of the loss.</summary>
    BFloat16,

    /// <summary>16 bits with a small range, the loss scaled by as much as its gradients bear: the paper's.</summary>
    Float16,
}
