using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

/// <summary>Which picture gives a defect that is transplanted.</summary>
public sealed class DonorSamplerTests
{
    // Lines and spots in one data set; of the other only spots, and normal pictures.
    private static readonly IReadOnlyList<TrainingPicture> Pictures =
    [
        .. Enumerable.Range(0, 30).Select(i => TrainingPictures.Picture(i) with { IsOutlined = true }),
        .. Enumerable.Range(0, 30).Where(i => i % 3 != 1).Select(i => TrainingPictures.Picture(i) with { Dataset = 1, IsOutlined = true }),
    ];

    [Fact]
    public void Draw_OwnDataSet_GivesNoDefectOfAnother()
    {
        DonorSampler donors = new(Pictures, 1, across: false);
        Enumerable.Range(0, 50).ShouldAllBe(position => donors.Draw(1, position)!.Dataset == 1);
        donors.Draw(2, 0).ShouldBeNull("it has none");
    }

    [Fact]
    public void Draw_Across_GivesKindsThatTheDataSetDoesNotShow()
    {
        DonorSampler donors = new(Pictures, 1, across: true);
        var drawn = Enumerable.Range(0, 200).Select(position => donors.Draw(1, position)!).ToList();
        drawn.Count(donor => donor.ClassIndices is [0]).ShouldBeGreaterThan(20, "lines, which only the other set has");
        drawn.ShouldAllBe(donor => donor.IsDefective);
        donors.Draw(1, 17).ShouldBeSameAs(drawn[17], "a function of seed and position");
    }
}
