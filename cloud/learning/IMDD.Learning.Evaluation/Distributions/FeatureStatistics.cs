using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Distributions;

/// <summary>Mean and covariance of features, by Welford's update: one pass, memory of one d×d matrix.</summary>
public sealed class FeatureStatistics(int dimensions)
{
    private readonly double[] _mean = new double[dimensions];
    private readonly double[,] _scatter = new double[dimensions, dimensions];
    private readonly double[] _before = new double[dimensions];

    /// <summary>Features added.</summary>
    public long Count { get; private set; }

    /// <summary>Length of a feature.</summary>
    public int Dimensions { get; } = dimensions;

    /// <summary>Adds one feature vector of <see cref="Dimensions"/> numbers.</summary>
    public void Add(ReadOnlySpan<double> feature)
    {
        if (feature.Length != Dimensions)
        {
            throw new ArgumentException($"The feature has {feature.Length} numbers: expected {Dimensions}.", nameof(feature));
        }

        Count++;
        for (var i = 0; i < Dimensions; i++)
        {
            _before[i] = feature[i] - _mean[i];
            _mean[i] += _before[i] / Count;
        }

        for (var i = 0; i < Dimensions; i++)
        {
            var after = feature[i] - _mean[i];
            for (var j = 0; j <= i; j++)
            {
                _scatter[i, j] += after * _before[j];
            }
        }
    }

    /// <summary>The mean.</summary>
    public Vector<double> Mean() => Vector<double>.Build.DenseOfArray(_mean);

    /// <summary>The unbiased (N − 1) covariance.</summary>
    public Matrix<double> Covariance()
        => Matrix<double>.Build.Dense(Dimensions, Dimensions, (i, j) => (i >= j ? _scatter[i, j] : _scatter[j, i]) / (Count - 1));
}
