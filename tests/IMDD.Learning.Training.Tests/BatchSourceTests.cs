using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

public sealed class BatchSourceTests
{
    private static readonly List<TrainingPicture> Pictures = [.. TrainingPictures.Data(12, 0).Train.Select(p => p with { IsOutlined = true })];

    /// <summary>A network that looks at twice the size is shown half as much of a picture, in as many of its cells.</summary>
    [Theory]
    [InlineData(false, 128, 4, new[] { 96, 128, 160, 224 })]
    [InlineData(true, 64, 2, new[] { 48, 64, 80, 112 })]
    public async Task GetAsync_VariedSides_SameAreaEachStepAndEverySideInTime(bool doubled, int side, int outputStride, int[] sides)
    {
        CropOptions options = new() { Side = side, VariesSide = true, Doubled = doubled, OutputStride = outputStride };
        var source = Source(options);
        HashSet<int> seen = [];
        for (var step = 0; step < 30; step++)
        {
            var batch = await source.GetAsync(step);
            seen.Add(batch.Side);
            batch.Cells.ShouldBe(batch.Side / outputStride);
            batch.Images.Length.ShouldBe(batch.Count * 3 * batch.Side * batch.Side);
            ((double)batch.Count * batch.Side * batch.Side / (8 * side * side)).ShouldBeInRange(0.7, 1.3);
        }

        seen.Order().ShouldBe(options.Sides());
        options.Sides().ShouldBe(sides);
    }

    [Fact]
    public async Task GetAsync_AnyStepFirst_IsTheSameBatch()
    {
        CropOptions options = new() { Side = 64, VariesSide = true, TransplantShare = 0.5 };
        var inTurn = Source(options);
        for (var step = 0; step < 5; step++)
        {
            await inTurn.GetAsync(step);
        }

        var here = await inTurn.GetAsync(5);
        var there = await Source(options).GetAsync(5);

        there.Images.ShouldBe(here.Images);
        there.Targets.ShouldBe(here.Targets);
    }

    [Fact]
    public async Task GetAsync_Transplants_MoreCropsAreDefective()
    {
        (await Defective(0)).ShouldBeLessThan(await Defective(1));

        static async Task<int> Defective(double share)
        {
            CropOptions options = new() { Side = 64, TransplantShare = share };
            var source = Source(options);
            var defective = 0;
            for (var step = 0; step < 6; step++)
            {
                var batch = await source.GetAsync(step);
                defective += batch.Targets.Chunk(batch.Cells * batch.Cells).Count(t => t.Max() > 0.5f);
            }

            return defective;
        }
    }

    /// <summary>A box says where a defect is, not what of it is the defect: its content is not set elsewhere.</summary>
    [Fact]
    public async Task GetAsync_DonorsWithBoxesOnly_NothingIsTransplanted()
    {
        List<TrainingPicture> boxes = [.. Pictures.Select(p => p with { IsOutlined = false })];
        BatchSource with = new(boxes, new CropOptions { Side = 64, TransplantShare = 1 }, 8, 1, withReferences: false);
        BatchSource without = new(boxes, new CropOptions { Side = 64, TransplantShare = 0 }, 8, 1, withReferences: false);

        (await with.GetAsync(3)).Images.ShouldBe((await without.GetAsync(3)).Images);
    }

    private static BatchSource Source(CropOptions options) => new(Pictures, options, 8, seed: 1, withReferences: false);
}
