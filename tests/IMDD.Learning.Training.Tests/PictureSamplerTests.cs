using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

public sealed class PictureSamplerTests
{
    [Fact]
    public void Weights_FewOfAClass_DrawnAsOftenAsMany()
    {
        // 40 normal, 30 with a line, 3 with a spot.
        List<TrainingPicture> pictures =
        [
            .. Enumerable.Range(0, 40).Select(i => TrainingPictures.Picture(3 * i)),
            .. Enumerable.Range(0, 30).Select(i => TrainingPictures.Picture(3 * i + 1)),
            .. Enumerable.Range(0, 3).Select(i => TrainingPictures.Picture(3 * i + 2)),
        ];

        var weights = PictureSampler.Weights(pictures);

        weights.Sum().ShouldBe(1, 1e-9);
        weights.Take(40).Sum().ShouldBe(0.3, 1e-9);
        weights.Skip(40).Take(30).Sum().ShouldBe(0.35, 1e-9);
        weights.Skip(70).Sum().ShouldBe(0.35, 1e-9);
    }

    [Fact]
    public void Weights_TwoDataSets_ShareByTheRootOfTheirSize()
    {
        List<TrainingPicture> pictures =
        [
            .. Enumerable.Range(0, 90).Select(TrainingPictures.Picture),
            .. Enumerable.Range(0, 10).Select(i => TrainingPictures.Picture(i) with { Dataset = 1 }),
        ];

        var weights = PictureSampler.Weights(pictures);

        weights.Skip(90).Sum().ShouldBe(Math.Sqrt(10) / (Math.Sqrt(10) + Math.Sqrt(90)), 1e-9);
    }

    [Fact]
    public void Weights_OfPictures_ShareWithinTheirKindAndLeaveTheKindsAsTheyAre()
    {
        List<TrainingPicture> pictures = [.. Enumerable.Range(0, 60).Select(i => TrainingPictures.Picture(i) with { Weight = i < 30 ? 0.25 : 1 })];

        var (weights, unweighted) = (PictureSampler.Weights(pictures), PictureSampler.Weights([.. pictures.Select(p => p with { Weight = 1 })]));

        weights.Take(30).Sum().ShouldBe(0.2, 1e-9, "10 of each kind at a quarter beside 10 in full");
        for (var kind = 0; kind < 3; kind++)
        {
            weights.Where((_, i) => i % 3 == kind).Sum().ShouldBe(unweighted.Where((_, i) => i % 3 == kind).Sum(), 1e-9);
        }
    }

    [Fact]
    public void ClassWeights_DrawnMoreOften_CountsLessEachTime()
    {
        // One data set of both classes, and a small one of lines alone: its lines are drawn on top.
        List<TrainingPicture> pictures =
        [
            .. Enumerable.Range(0, 90).Select(TrainingPictures.Picture),
            .. Enumerable.Range(0, 10).Select(i => TrainingPictures.Picture(3 * i + 1) with { Dataset = 1 }),
        ];

        var (weights, drawn) = (PictureSampler.ClassWeights(pictures, 3), PictureSampler.Weights(pictures));

        double DrawnOf(int number) => pictures.Zip(drawn).Where(p => p.First.ClassIndices.Contains(number)).Sum(p => p.Second);
        weights[0].ShouldBeLessThan(1);
        weights[1].ShouldBeGreaterThan(1);
        (weights[0] * weights[0] * DrawnOf(0)).ShouldBe(weights[1] * weights[1] * DrawnOf(1), 1e-6);
        weights[2].ShouldBe(1, "no picture shows it");
    }

    [Fact]
    public void ClassWeights_OneDataSet_AllCountAlike()
        => PictureSampler.ClassWeights([.. Enumerable.Range(0, 30).Select(TrainingPictures.Picture)], 2).ShouldAllBe(weight => Math.Abs(weight - 1) < 1e-6);
}
