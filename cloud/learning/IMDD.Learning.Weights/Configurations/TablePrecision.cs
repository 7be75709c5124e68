namespace IMDD.Learning.Weights.Configurations;

/// <summary>How exactly a schedule's tables are kept.</summary>
public enum TablePrecision
{
    /// <summary>32 bits, as the reference implementation keeps them: near timestep 0 its posterior means are off by up to 1e-4, and so are these.</summary>
    Single,

    /// <summary>64 bits: the formulas as published.</summary>
    Double,
}
