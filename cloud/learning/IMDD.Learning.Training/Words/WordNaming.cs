namespace IMDD.Learning.Training.Words;

/// <summary>How the word's own defects are named, on pictures that it was not made of.</summary>
/// <param name="Pictures">Pictures of it.</param>
/// <param name="Detected">Those where a region lies on it.</param>
/// <param name="Named">Those where such a region has its name.</param>
public sealed record WordNaming(int Pictures, int Detected, int Named)
{
    /// <summary>Of those detected; null where there is none.</summary>
    public double? NamedOfDetected => Detected == 0 ? null : (double)Named / Detected;

    /// <summary>Of all; null where there is none.</summary>
    public double? NamedOfAll => Pictures == 0 ? null : (double)Named / Pictures;
}
