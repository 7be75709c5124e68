using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Distributions;

/// <summary>
/// Fréchet distance of two Gaussians, |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁C₂)^½), with unbiased covariances. The trace of the root is the sum of
/// the roots of the eigenvalues of √C₁ C₂ √C₁, which is symmetric, so that nothing imaginary has to be thrown away.
/// </summary>
public static class FrechetDistance
{
    /// <summary>The distance; undefined below two samples on either side.</summary>
    public static MetricValue Of(FeatureStatistics first, FeatureStatistics second)
    {
        if (first.Dimensions != second.Dimensions)
        {
            throw new ArgumentException($"The features have {first.Dimensions} and {second.Dimensions} numbers: expected as many.", nameof(second));
        }

        if (first.Count < 2 || second.Count < 2)
        {
            return MetricValue.NaN("a covariance needs at least two samples on each side");
        }

        Matrix<double> c1 = first.Covariance(), c2 = second.Covariance();
        var root = SquareRoot(c1);
        var inner = root * c2 * root;
        var eigenvalues = ((inner + inner.Transpose()) / 2).Evd(Symmetricity.Symmetric).EigenValues;
        var traceOfRoot = eigenvalues.Sum(v => Math.Sqrt(Math.Max(0, v.Real)));
        var difference = first.Mean() - second.Mean();
        return MetricValue.Of(difference.DotProduct(difference) + c1.Trace() + c2.Trace() - 2 * traceOfRoot);
    }

    private static Matrix<double> SquareRoot(Matrix<double> symmetric)
    {
        var evd = symmetric.Evd(Symmetricity.Symmetric);
        var roots = Matrix<double>.Build.DenseOfDiagonalVector(evd.EigenValues.Map(v => Math.Sqrt(Math.Max(0, v.Real))));
        return evd.EigenVectors * roots * evd.EigenVectors.Transpose();
    }
}
