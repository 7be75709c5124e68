namespace IMDD.Learning.Training.Pictures;

/// <summary>Crops side by side, row-major.</summary>
/// <param name="Count">Crops.</param>
/// <param name="Side">Pixels.</param>
/// <param name="Cells">Cells of the truth, each way.</param>
/// <param name="Images"><c>[Count, 3, Side, Side]</c>.</param>
/// <param name="References">The same; null where no network asks for them.</param>
/// <param name="Targets"><c>[Count, Cells, Cells]</c>.</param>
/// <param name="Classes">The same.</param>
/// <param name="HasPixelTruth"><c>[Count]</c>; false for a crop that shows a defect which is not marked.</param>
/// <param name="WholeClasses"><c>[Count]</c>, index of that defect's class plus one; <see cref="TrainingPicture.NoClass"/> where none is known, or all are marked.</param>
public sealed record Batch(
    int Count, int Side, int Cells, float[] Images, float[]? References, float[] Targets, byte[] Classes, bool[] HasPixelTruth, byte[] WholeClasses);
