using System.Numerics.Tensors;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Fits a row to defects of a word against defects that have names already: on the first it should fit better than whichever row fits best, on the
/// others worse (logistic regression of the difference). It begins at the prototype and is held to it. Its length is its own: the longer, the sharper
/// it tells the two apart.
/// </summary>
/// <remarks>
/// A prototype alone lies between what it was made of and what looks alike, and takes the names of the latter. Measured on four kinds that the network
/// was never shown, five regions each: see the README of the networks.
/// </remarks>
internal static class FittedRow
{
    private const int Steps = 400;
    private const double Rate = 0.02;
    private const double Margin = 1;
    private const double Hold = 3e-4;

    /// <summary>Fits.</summary>
    /// <param name="prototype">Where it begins, unit length.</param>
    /// <param name="own">Defects of the word.</param>
    /// <param name="others">Defects of other names.</param>
    /// <param name="weight">Of all its own together, where all the others together weigh 1.</param>
    /// <param name="scale">Of the naming head's cosine.</param>
    /// <param name="bias">Of the naming head.</param>
    public static float[] Fit(float[] prototype, IReadOnlyList<DefectEmbeddings> own, IReadOnlyList<DefectEmbeddings> others, double weight, double scale, double bias)
    {
        List<(float[] Cell, double Limit, int Sign, double Weight)> cells = [.. Weighed(own, 1, weight), .. Weighed(others, -1, 1)];
        var row = (float[])prototype.Clone();
        var (gradient, mean, square) = (new float[row.Length], new double[row.Length], new double[row.Length]);
        for (var step = 1; step <= Steps; step++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                gradient[i] = (float)(2 * Hold * scale * (row[i] - prototype[i]));
            }

            foreach (var (cell, limit, sign, share) in cells)
            {
                var lead = scale * TensorPrimitives.Dot<float>(row, cell) + bias - limit;
                var slope = -share * sign * scale / (1 + Math.Exp(sign * lead - Margin));
                TensorPrimitives.MultiplyAdd(cell, (float)slope, gradient, gradient);
            }

            // Adam (Kingma and Ba 2015).
            for (var i = 0; i < row.Length; i++)
            {
                mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
                square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
                row[i] -= (float)(Rate * mean[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, step))) + 1e-8));
            }
        }

        return row;
    }

    /// <summary>Each defect weighs the same, however large it is.</summary>
    private static IEnumerable<(float[] Cell, double Limit, int Sign, double Weight)> Weighed(IReadOnlyList<DefectEmbeddings> defects, int sign, double weight)
        => defects.SelectMany(defect => defect.Cells.Select((cell, i) => (cell, defect.BestLogit[i], sign, weight / defects.Count / defect.Cells.Count)));
}
