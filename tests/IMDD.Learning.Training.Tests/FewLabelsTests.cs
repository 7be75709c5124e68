using IMDD.Imaging;
using IMDD.Learning.Training.Pictures;
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

        var data = TrainingDataReader.Read([Series(directory, ("01_200905", 40))], shots: null, seed: 1, normalOnly);

        data.Problems.ShouldBeEmpty();
        data.Train.Select(p => p.Id).Intersect(data.Unpainted.Select(p => p.Id)).ShouldBeEmpty();
        data.SharingGroups.ShouldBe(["bsdata:data"]);
        (data.Train.Count + data.Unpainted.Count).ShouldBe(normalOnly ? 20 : 40);
        data.Unpainted.Count.ShouldBe(normalOnly ? 4 : 8);
        data.Train.Count(p => p.IsDefective).ShouldBe(normalOnly ? 0 : 16);
    }

    /// <summary>Four days, which are dealt largest first to training, testing, training and nothing: the large one is not given away for validation.</summary>
    [Fact]
    public void Read_OneLargeGroupAndASmallOne_TheSmallOneIsJudgedBy()
    {
        using TestDirectory directory = new();

        var data = TrainingDataReader.Read([Series(directory, ("01_200901", 60), ("01_200902", 34), ("01_200903", 14))], shots: null, seed: 1, normalOnly: false);

        var days = data.Train.Select(Day).Distinct().ToList();
        days.ShouldContain("01_200901");
        data.Train.Count(p => p.IsDefective).ShouldBeGreaterThan(data.Validation.Count(p => p.IsDefective));
        data.Validation.ShouldContain(p => p.IsDefective);
        data.SharingGroups.ShouldBe(days.Intersect(data.Validation.Select(Day)).Any() ? ["bsdata:data"] : []);
    }

    /// <summary>What is held back by pictures is never the last of its kind.</summary>
    [Fact]
    public void Read_SeriesWithRareKinds_KeepsEachToLearnFrom()
    {
        using TestDirectory directory = new();
        var name = Series(directory, ("01_200905", 40));
        string[] rare = ["Chipping", "Wear", "Dent", "Stain", "Scratch", "Burn", "Crack", "Corrosion"];
        for (var i = 0; i < rare.Length; i++)
        {
            var label = directory.File($"data/label/01_200905_{2 * i:D2}.json");
            File.WriteAllText(label, File.ReadAllText(label).Replace("Pitting", rare[i], StringComparison.Ordinal));
        }

        var data = TrainingDataReader.Read([name], shots: null, seed: 1, normalOnly: false);

        data.Validation.Count(p => p.IsDefective).ShouldBe(4);
        data.Train.SelectMany(p => p.ClassIndices).Distinct().Count().ShouldBe(1 + rare.Length);
    }

    private static string Day(TrainingPicture picture) => Path.GetFileName(picture.Id)[..9];

    /// <summary>Pictures of noise, every other one with a pit, of each day so many.</summary>
    private static string Series(TestDirectory directory, params (string Day, int Count)[] days)
    {
        Directory.CreateDirectory(directory.File("data/data"));
        Directory.CreateDirectory(directory.File("data/label"));
        File.WriteAllText(directory.File("data/image_data.json"), "{}");
        foreach (var (day, count) in days)
        {
            for (var i = 0; i < count; i++)
            {
                using RgbImage image = new(64, 64);
                new Random(HashCode(day, i)).NextBytes(image.Pixels);
                File.WriteAllBytes(directory.File($"data/data/{day}_{i:D2}.jpg"), ImageEncoder.EncodeJpeg(image));
                if (i % 2 == 0)
                {
                    File.WriteAllText(
                        directory.File($"data/label/{day}_{i:D2}.json"),
                        """{"shapes":[{"label":"Pitting","shape_type":"polygon","points":[[8,8],[40,8],[40,40],[8,40]]}],"imageHeight":64,"imageWidth":64}""");
                }
            }
        }

        return $"bsdata:{directory.File("data")}";
    }

    private static int HashCode(string day, int number) => int.Parse(day[3..], System.Globalization.CultureInfo.InvariantCulture) * 100 + number;

    private static TrainingData Read(string whole) => TrainingDataReader.Read(new TrainingSelection { Names = [Replay], Whole = [whole], Seed = 1 });
}
