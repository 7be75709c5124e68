using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Distributions;

/// <summary>Kernel inception distance: unbiased squared MMD with kernel (x·y / d + 1)³, mean over random subsets.</summary>
public static class KernelDistance
{
    /// <summary>The distance.</summary>
    /// <param name="first">Samples by features.</param>
    /// <param name="second">Samples by features.</param>
    /// <param name="subsetSize">At most the smaller side is drawn; 1000 by custom.</param>
    /// <param name="subsets">Number of subsets; 100 by custom. Without drawing (everything fits in one subset) one is enough.</param>
    /// <param name="seed">Seed of the draw; belongs beside the value.</param>
    public static MetricValue Of(Matrix<double> first, Matrix<double> second, int subsetSize = 1000, int subsets = 100, int seed = 0)
    {
        if (first.ColumnCount != second.ColumnCount)
        {
            throw new ArgumentException($"The features have {first.ColumnCount} and {second.ColumnCount} numbers: expected as many.", nameof(second));
        }

        var size = Math.Min(subsetSize, Math.Min(first.RowCount, second.RowCount));
        if (size < 2)
        {
            return MetricValue.NaN("the unbiased estimate needs at least two samples on each side");
        }

        if (size == first.RowCount && size == second.RowCount)
        {
            return MetricValue.Of(SquaredMmd(first, second));
        }

        var random = new Random(seed);
        var sum = 0.0;
        for (var i = 0; i < subsets; i++)
        {
            sum += SquaredMmd(Draw(first, size, random), Draw(second, size, random));
        }

        return MetricValue.Of(sum / subsets);
    }

    private static Matrix<double> Draw(Matrix<double> samples, int size, Random random)
    {
        var order = Enumerable.Range(0, samples.RowCount).ToArray();
        random.Shuffle(order);
        return Matrix<double>.Build.Dense(size, samples.ColumnCount, (i, j) => samples[order[i], j]);
    }

    private static double SquaredMmd(Matrix<double> x, Matrix<double> y)
    {
        double m = x.RowCount, n = y.RowCount;
        return OffDiagonalSum(x) / (m * (m - 1)) + OffDiagonalSum(y) / (n * (n - 1)) - 2 * Kernel(x, y).Enumerate().Sum() / (m * n);
    }

    private static double OffDiagonalSum(Matrix<double> x)
    {
        var kernel = Kernel(x, x);
        return kernel.Enumerate().Sum() - kernel.Diagonal().Sum();
    }

    private static Matrix<double> Kernel(Matrix<double> x, Matrix<double> y)
    {
        double d = x.ColumnCount;
        return x.TransposeAndMultiply(y).Map(v => Math.Pow(v / d + 1, 3));
    }
}
