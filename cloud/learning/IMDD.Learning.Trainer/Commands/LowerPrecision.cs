namespace IMDD.Learning.Trainer.Commands;

/// <summary>What an exported bundle computes in, below 32 bits.</summary>
internal enum LowerPrecision
{
    /// <summary>Floats of 16 bits, for accelerators.</summary>
    Fp16,

    /// <summary>Whole numbers of 8 bits.</summary>
    Int8,
}
