using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

public sealed class LogisticRegressionTests
{
    /// <summary>Of many draws, about two thirds of the weights lie within a deviation of the truth, nearly all within three.</summary>
    [Fact]
    public void Fit_ManyDraws_WeightsAreOffByAboutTheirDeviations()
    {
        var far = Enumerable.Range(0, 200).Select(seed =>
        {
            var (weights, deviations) = LogisticRegression.Fit(Draw(seed, 400, [-1, 0.8]), [0, 0]);
            return Math.Abs(weights[1] - 0.8) / deviations[1];
        }).ToList();

        far.Count(distance => distance < 1).ShouldBeInRange(110, 160);
        far.Count(distance => distance < 3).ShouldBeGreaterThan(195);
    }

    [Fact]
    public void Fit_ExamplesSetApart_StaysFinite()
    {
        var (weights, deviations) = LogisticRegression.Fit([.. Enumerable.Range(0, 200).Select(i => (new[] { 1, i - 99.5 }, i >= 100))], [0, 0]);

        weights[1].ShouldBeInRange(0.1, 100);
        deviations.ShouldAllBe(deviation => double.IsFinite(deviation));
    }

    [Fact]
    public void Fit_NoExamples_IsThePrior()
    {
        var (weights, deviations) = LogisticRegression.Fit([], [0.5, -2]);

        weights.ShouldBe([0.5, -2]);
        deviations.ShouldBe([1, 1]);
    }

    private static List<(double[] Features, bool Label)> Draw(int seed, int count, double[] weights)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var value = random.NextDouble() * 8 - 4;
                return (new[] { 1, value }, random.NextDouble() < 1 / (1 + Math.Exp(-(weights[0] + weights[1] * value))));
            }),
        ];
    }
}
