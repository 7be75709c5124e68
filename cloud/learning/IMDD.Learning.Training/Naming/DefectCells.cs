using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Naming;

/// <summary>The cells of a network's grid that a picture's defects cover.</summary>
internal static class DefectCells
{
    /// <summary>Cells that are defective in at least half of their pixels, else those that are so at all, ascending; none where nothing is.</summary>
    /// <param name="picture">With its truth.</param>
    /// <param name="stride">Pixels per cell, each way.</param>
    /// <param name="columns">Of the grid.</param>
    /// <param name="classIndex">Defects of this class alone; null: all.</param>
    public static long[] Of(TrainingPicture picture, int stride, int columns, int? classIndex = null)
    {
        Dictionary<long, int> counts = [];
        for (var i = 0; i < (picture.Mask?.Length ?? 0); i++)
        {
            if (picture.Mask![i] != 0 && (classIndex is null || picture.Classes![i] == classIndex + 1))
            {
                var cell = (long)(i / picture.Width / stride) * columns + i % picture.Width / stride;
                counts[cell] = counts.GetValueOrDefault(cell) + 1;
            }
        }

        long[] full = [.. counts.Where(c => 2 * c.Value >= stride * stride).Select(c => c.Key).Order()];
        return full.Length > 0 ? full : [.. counts.Keys.Order()];
    }
}
