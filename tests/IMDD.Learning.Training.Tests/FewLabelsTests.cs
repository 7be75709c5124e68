using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

/// <summary>A whole data set is learned from as far as it is not validated on; where it has few defects, all of it is both.</summary>
public sealed class FewLabelsTests
{
    private const string Replay = "synthetic:seed=31,count=40,size=64,textures=cast,defective=0.5";

    [Fact]
    public void Read_FewLabels_AreAllLearnedFromAndJudgedBy()
    {
        var data = Read("synthetic:seed=77,count=20,size=64,textures=glass,defective=0.8,kinds=peeling");

        var train = data.Train.Where(p => p.Dataset == 1).Select(p => p.Id).ToList();
        train.Count.ShouldBe(20);
        data.Validation.Where(p => p.Dataset == 1).Select(p => p.Id).ShouldBe(train, ignoreOrder: true);
        data.Classes.ShouldContain(c => c.Id == "peeling");
        data.Train.Where(p => p.Dataset == 0).Select(p => p.Id).Intersect(data.Validation.Where(p => p.Dataset == 0).Select(p => p.Id)).ShouldBeEmpty();
    }

    [Fact]
    public void Read_ManyLabels_SomeAreHeldBack()
    {
        var data = Read("synthetic:seed=78,count=160,size=64,textures=glass,defective=0.8,kinds=peeling");

        var (train, judged) = (data.Train.Where(p => p.Dataset == 1).Select(p => p.Id).ToList(), data.Validation.Where(p => p.Dataset == 1).Select(p => p.Id).ToList());
        judged.Count.ShouldBeGreaterThan(10);
        train.Intersect(judged).ShouldBeEmpty();
        (train.Count + judged.Count).ShouldBe(160);
    }

    private static TrainingData Read(string whole) => TrainingDataReader.Read(new TrainingSelection { Names = [Replay], Whole = [whole], Seed = 1 });
}
