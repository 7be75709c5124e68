using IMDD.Imaging;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

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

    /// <summary>A wear series of one part is one group: pictures of it are judged by, and it is said.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_SeriesOfOnePart_PicturesOfItAreHeldBack(bool normalOnly)
    {
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("data/data"));
        Directory.CreateDirectory(directory.File("data/label"));
        File.WriteAllText(directory.File("data/image_data.json"), "{}");
        for (var i = 0; i < 40; i++)
        {
            using RgbImage image = new(64, 64);
            new Random(i).NextBytes(image.Pixels);
            File.WriteAllBytes(directory.File($"data/data/01_200905_{i:D2}.jpg"), ImageEncoder.EncodeJpeg(image));
            if (i % 2 == 0)
            {
                File.WriteAllText(directory.File($"data/label/01_200905_{i:D2}.json"), """{"shapes":[{"label":"Pitting","shape_type":"polygon","points":[[8,8],[40,8],[40,40],[8,40]]}],"imageHeight":64,"imageWidth":64}""");
            }
        }

        var data = TrainingDataReader.Read([$"bsdata:{directory.File("data")}"], shots: null, seed: 1, normalOnly);

        data.Problems.ShouldBeEmpty();
        data.Train.Select(p => p.Id).Intersect(data.Unpainted.Select(p => p.Id)).ShouldBeEmpty();
        data.SharingGroups.ShouldBe(["bsdata:data"]);
        (data.Train.Count + data.Unpainted.Count).ShouldBe(normalOnly ? 20 : 40);
        data.Unpainted.Count.ShouldBe(normalOnly ? 4 : 8);
        data.Train.Count(p => p.IsDefective).ShouldBe(normalOnly ? 0 : 16);
    }

    /// <summary>One large group and some small ones, none of them on the validation side: the small ones go there, and the large one is learned from.</summary>
    [Fact]
    public void Read_OneLargeGroup_StaysToLearnFrom()
    {
        var data = TrainingDataReader.Read(["synthetic:seed=31,count=40,size=64,textures=cast,defective=0.5,products=4"], shots: null, seed: 1, normalOnly: false);

        data.SharingGroups.ShouldBeEmpty();
        data.Validation.ShouldContain(p => p.IsDefective);
        data.Train.Count(p => p.IsDefective).ShouldBeGreaterThan(data.Validation.Count(p => p.IsDefective));
    }

    private static TrainingData Read(string whole) => TrainingDataReader.Read(new TrainingSelection { Names = [Replay], Whole = [whole], Seed = 1 });
}
