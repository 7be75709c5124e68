namespace IMDD.Learning.Training.Runs;

/// <summary>Logistic regression of a few features by Newton's method, with a normal prior of variance 1 that decides what the examples leave open.</summary>
internal static class LogisticRegression
{
    private const double LeastShare = 1e-6;

    /// <summary>The weights at the optimum, and how far they may be off.</summary>
    /// <param name="examples">Features, as many as the prior has weights, and whether it is one.</param>
    /// <param name="prior">The weights it is drawn to.</param>
    /// <returns>Weights and their standard deviations.</returns>
    public static (double[] Weights, double[] Deviations) Fit(IReadOnlyList<(double[] Features, bool Label)> examples, double[] prior)
    {
        var weights = prior;
        while (true)
        {
            var (gradient, hessian) = Slopes(examples, prior, weights);
            var step = Solve(hessian, gradient);

            // Far from the optimum a whole step may overshoot. The loss is convex: where no part of the step lowers it, this is the optimum.
            var loss = Loss(examples, prior, weights);
            var share = 1.0;
            while (share > LeastShare && !(Loss(examples, prior, Moved(share)) < loss))
            {
                share /= 2;
            }

            if (share <= LeastShare)
            {
                return (weights, [.. Enumerable.Range(0, prior.Length).Select(i => Math.Sqrt(Solve(hessian, Unit(i))[i]))]);
            }

            weights = Moved(share);

            double[] Moved(double part) => [.. weights.Zip(step, (w, s) => w - part * s)];
        }

        double[] Unit(int index) => [.. prior.Select((_, i) => i == index ? 1.0 : 0)];
    }

    private static (double[] Gradient, double[,] Hessian) Slopes(IReadOnlyList<(double[] Features, bool Label)> examples, double[] prior, double[] weights)
    {
        var gradient = new double[prior.Length];
        var hessian = new double[prior.Length, prior.Length];
        for (var i = 0; i < prior.Length; i++)
        {
            gradient[i] = weights[i] - prior[i];
            hessian[i, i] = 1;
        }

        foreach (var (features, label) in examples)
        {
            var p = 1 / (1 + Math.Exp(-Sum(weights, features)));
            for (var i = 0; i < prior.Length; i++)
            {
                gradient[i] += (p - (label ? 1 : 0)) * features[i];
                for (var j = 0; j < prior.Length; j++)
                {
                    hessian[i, j] += p * (1 - p) * features[i] * features[j];
                }
            }
        }

        return (gradient, hessian);
    }

    private static double Loss(IReadOnlyList<(double[] Features, bool Label)> examples, double[] prior, double[] weights)
    {
        var loss = weights.Zip(prior, (w, p) => (w - p) * (w - p) / 2).Sum();
        foreach (var (features, label) in examples)
        {
            var sum = Sum(weights, features);
            loss += Math.Max(sum, 0) + Math.Log(1 + Math.Exp(-Math.Abs(sum))) - (label ? sum : 0);
        }

        return loss;
    }

    private static double Sum(double[] weights, double[] features)
    {
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * features[i];
        }

        return sum;
    }

    /// <summary>A system of equations, by elimination: the matrix is positive definite.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var (left, x) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (var pivot = 0; pivot < x.Length; pivot++)
        {
            for (var row = pivot + 1; row < x.Length; row++)
            {
                var share = left[row, pivot] / left[pivot, pivot];
                x[row] -= share * x[pivot];
                for (var column = pivot; column < x.Length; column++)
                {
                    left[row, column] -= share * left[pivot, column];
                }
            }
        }

        for (var row = x.Length - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < x.Length; column++)
            {
                x[row] -= left[row, column] * x[column];
            }

            x[row] /= left[row, row];
        }

        return x;
    }
}
