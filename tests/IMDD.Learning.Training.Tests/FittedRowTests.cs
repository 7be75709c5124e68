using IMDD.Learning.Training.Words;

namespace IMDD.Learning.Training.Tests;

public sealed class FittedRowTests
{
    private const int Length = 16;
    private const double Scale = 20;
    private const double Bias = -5;

    // One row that there is, along the first axis.
    private static readonly float[] Old = [1, .. new float[Length - 1]];

    /// <summary>What is new lies so close to what is known that a mean of it takes the name of some of the latter.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fit_NewBesideOld_NamesTheNewAndLeavesTheOldTheirs(int seed)
    {
        Random random = new(seed);
        var own = Defects(random, 5, lean: 0.5f);
        var (others, unseenOthers) = (Defects(random, 60, lean: 0.25f), Defects(random, 200, lean: 0.25f));
        var unseenOwn = Defects(random, 50, lean: 0.5f);
        var prototype = Mean(own);

        var row = FittedRow.Fit(prototype, own, others, weight: 1, Scale, Bias);

        Taken(prototype, unseenOthers).ShouldBeGreaterThan(10, "else the case is too easy");
        Taken(row, unseenOthers).ShouldBeLessThan(Taken(prototype, unseenOthers) / 3);
        Taken(row, unseenOwn).ShouldBeGreaterThan(35);
        FittedRow.Fit(prototype, own, others, weight: 1, Scale, Bias).ShouldBe(row);
    }

    [Fact]
    public void Fit_LessWeight_TakesNoMore()
    {
        Random random = new(5);
        var (own, others) = (Defects(random, 5, lean: 0.5f), Defects(random, 60, lean: 0.2f));

        var taken = new[] { 3, 1, 0.3, 0.1, 0.03 }.Select(weight => Taken(FittedRow.Fit(Mean(own), own, others, weight, Scale, Bias), others)).ToList();

        taken.ShouldBe(taken.OrderDescending());
    }

    [Fact]
    public void OfWords_LongerRows_AreTriedOnlyWhileTheyTakeLittle_ThenShorterOnes()
    {
        Random random = new(6);
        var near = Unit([0.75f, 0.66f, .. new float[Length - 2]]);
        IReadOnlyList<IReadOnlyList<DefectEmbeddings>> old = [.. Defects(random, 80, lean: 0.1f).Select(defect => new[] { defect })];

        var strict = new RowCandidates(old, rows: 1, Scale, Bias, maxLostPoints: 0).OfWords(near).ToList();
        var loose = new RowCandidates(old, rows: 1, Scale, Bias, maxLostPoints: 100).OfWords(near).ToList();

        loose[0].ShouldBe(1.8);
        strict[0].ShouldBeLessThan(loose[0]);
        (strict[^1], loose[^1]).ShouldBe((0.6, 0.6));
    }

    [Theory]
    [InlineData("Dark drops, I think.", "dark drops")]
    [InlineData("CRACKED", "cracked")]
    [InlineData("a cat", null)]
    [InlineData("xyzzy with a cat", null)]
    public void SeenWords_OfAText_AreThoseOfItsWordsAndTheirForms(string text, string? expected)
        => new SeenWords(["a", "car", "crack", "dark", "drops", "like", "with"]).Of(text).ShouldBe(expected);

    private static List<DefectEmbeddings> Defects(Random random, int count, float lean) => [.. Enumerable.Range(0, count).Select(_ => Defect(random, lean))];

    /// <summary>Twelve cells around a direction that leans from the old row's to another.</summary>
    private static DefectEmbeddings Defect(Random random, float lean)
    {
        var side = lean + (0.15f * Noise(random));
        List<float[]> cells = [.. Enumerable.Range(0, 12).Select(_ => Unit([1 - lean, side, .. Enumerable.Range(0, Length - 2).Select(_ => 0.12f * Noise(random))]))];
        return new DefectEmbeddings(0, cells, [.. cells.Select(_ => 0)], [.. cells.Select(cell => Logit(Old, cell))]);
    }

    private static float Noise(Random random) => (float)((2 * random.NextDouble()) - 1 + random.NextDouble() - random.NextDouble());

    private static float[] Unit(float[] values)
    {
        var length = MathF.Sqrt(values.Sum(value => value * value));
        return Array.ConvertAll(values, value => value / length);
    }

    private static float[] Mean(IEnumerable<DefectEmbeddings> defects)
        => Unit([.. Enumerable.Range(0, Length).Select(i => defects.SelectMany(defect => defect.Cells).Average(cell => cell[i]))]);

    private static double Logit(float[] row, float[] cell) => (Scale * row.Zip(cell, (a, b) => (double)a * b).Sum()) + Bias;

    private static int Taken(float[] row, IReadOnlyList<DefectEmbeddings> defects) => defects.Count(defect => defect.Winner(1, cell => Logit(row, cell)) == 1);
}
