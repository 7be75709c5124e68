using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

public sealed class PlattTests
{
    [Theory]
    [InlineData(2.0, -1.0)]
    [InlineData(0.3, 0.5)]
    public void Fit_LabelsDrawnByALogistic_FindsIt(double scale, double offset)
    {
        Random random = new(4);
        List<(float Logit, bool Label)> pairs = [];
        for (var i = 0; i < 20_000; i++)
        {
            var logit = (float)(random.NextDouble() * 8 - 4);
            pairs.Add((logit, random.NextDouble() < 1 / (1 + Math.Exp(-(scale * logit + offset)))));
        }

        var (foundScale, foundOffset) = Platt.Fit(pairs);

        foundScale.ShouldBe(scale, 0.1);
        foundOffset.ShouldBe(offset, 0.1);
    }

    [Fact]
    public void Fit_OneKindOfLabel_LeavesTheLogitAsItIs() => Platt.Fit([(1, true), (2, true)]).ShouldBe((1, 0));

    [Fact]
    public void Fit_SeparableLabels_StaysFinite()
    {
        var (scale, offset) = Platt.Fit([.. Enumerable.Range(0, 200).Select(i => ((float)i - 100, i >= 100))]);

        double.IsFinite(scale).ShouldBeTrue();
        scale.ShouldBeInRange(0.05, 100);
        double.IsFinite(offset).ShouldBeTrue();
    }
}
