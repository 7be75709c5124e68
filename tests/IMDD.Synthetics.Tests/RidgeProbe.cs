namespace IMDD.Synthetics.Tests;

/// <summary>A linear classifier by ridge regression on standardized features: what a shortcut would have to get past.</summary>
internal sealed class RidgeProbe
{
    private readonly double[] _mean;
    private readonly double[] _scale;
    private readonly double[] _weights;

    public RidgeProbe(IReadOnlyList<double[]> features, IReadOnlyList<bool> labels, double ridge)
    {
        var size = features[0].Length;
        _mean = new double[size];
        _scale = new double[size];
        for (var j = 0; j < size; j++)
        {
            _mean[j] = features.Average(f => f[j]);
            _scale[j] = Math.Sqrt(features.Average(f => (f[j] - _mean[j]) * (f[j] - _mean[j]))) + 1e-9;
        }

        var gram = new double[size, size];
        var right = new double[size];
        var share = labels.Count(l => l) / (double)labels.Count;
        for (var i = 0; i < features.Count; i++)
        {
            var row = Standardize(features[i]);
            var target = (labels[i] ? 1.0 : 0.0) - share;
            for (var j = 0; j < size; j++)
            {
                right[j] += row[j] * target;
                for (var k = 0; k <= j; k++)
                {
                    gram[j, k] += row[j] * row[k];
                }
            }
        }

        for (var j = 0; j < size; j++)
        {
            gram[j, j] += ridge * features.Count;
        }

        _weights = SolveCholesky(gram, right);
    }

    public double Score(double[] features) => Standardize(features).Zip(_weights, (x, w) => x * w).Sum();

    /// <summary>Area under the ROC curve by ranks; ties count half.</summary>
    public static double Auroc(IReadOnlyList<double> scores, IReadOnlyList<bool> labels)
    {
        double wins = 0, pairs = 0;
        for (var i = 0; i < scores.Count; i++)
        {
            for (var j = 0; j < scores.Count; j++)
            {
                if (labels[i] && !labels[j])
                {
                    pairs++;
                    wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }

        return wins / pairs;
    }

    private double[] Standardize(double[] features) => [.. features.Select((x, j) => (x - _mean[j]) / _scale[j])];

    private static double[] SolveCholesky(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var j = 0; j < size; j++)
        {
            for (var k = 0; k <= j; k++)
            {
                var sum = matrix[j, k];
                for (var m = 0; m < k; m++)
                {
                    sum -= matrix[j, m] * matrix[k, m];
                }

                matrix[j, k] = j == k ? Math.Sqrt(sum) : sum / matrix[k, k];
            }
        }

        var x = (double[])right.Clone();
        for (var j = 0; j < size; j++)
        {
            for (var m = 0; m < j; m++)
            {
                x[j] -= matrix[j, m] * x[m];
            }

            x[j] /= matrix[j, j];
        }

        for (var j = size - 1; j >= 0; j--)
        {
            for (var m = j + 1; m < size; m++)
            {
                x[j] -= matrix[m, j] * x[m];
            }

            x[j] /= matrix[j, j];
        }

        return x;
    }
}
