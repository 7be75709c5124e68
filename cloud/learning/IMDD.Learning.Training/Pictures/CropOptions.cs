namespace IMDD.Learning.Training.Pictures;

/// <summary>How crops are cut and varied.</summary>
public sealed record CropOptions
{
    /// <summary>Side of a crop, pixels, a multiple of 32.</summary>
    public int Side { get; init; } = 128;

    /// <summary>Input pixels per truth cell, each way.</summary>
    public int OutputStride { get; init; } = 4;

    /// <summary>Share of crops of a defective picture that are cut around a defect.</summary>
    public double CentredShare { get; init; } = 0.85;

    /// <summary>Sizes vary between one over this and this.</summary>
    public double MaxScale { get; init; } = 1.3;

    /// <summary>How much light and gain vary; 0: not at all.</summary>
    public double Photometric { get; init; } = 1;

    /// <summary>True: no defect labels are used; defects are painted on normal pictures.</summary>
    public bool PaintsDefects { get; init; }
}
