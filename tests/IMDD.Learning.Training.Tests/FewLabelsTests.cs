using IMDD.Imaging;
using IMDD.Learning.Datasets.Splits;
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

    /// <summary>The id of a split alone is taken for proof that its test side was held out.</summary>
    [Fact]
    public void Read_WholeDataAndDescriptions_AreNotSaidToHaveATestSide()
    {
        const string whole = "synthetic:seed=78,count=160,size=64,textures=glass,defective=0.8,kinds=peeling";
        const string described = "synthetic:seed=32,count=60,size=64,textures=cast,defective=0.8,names=looks";
        var ids = new DatasetDivider(new OpenCvImageDecoder()).Read([Replay, whole, described], DivisionRule.Default).Select(one => one.Split.Id).ToList();

        var data = TrainingDataReader.Read(new TrainingSelection { Names = [Replay], Whole = [whole], Descriptions = [described], Seed = 1 });

        data.SplitIds.ShouldBe([ids[0], $"whole:{ids[1]}", $"whole:{ids[2]}"]);
    }

    /// <summary>A wear series of one part is one group: pictures of it are judged by, and it is said.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_SeriesOfOnePart_PicturesOfItAreHeldBack(bool normalOnly)
    {
        using TestDirectory directory = new();

        var data = TrainingDataReader.Read([Series(directory, ("01_200905", 40, 2))], shots: null, seed: 1, normalOnly);

        data.Problems.ShouldBeEmpty();
        data.Train.Select(p => p.Id).Intersect(data.Unpainted.Select(p => p.Id)).ShouldBeEmpty();
        data.SharingGroups.ShouldBe(["bsdata:data"]);
        (data.Train.Count + data.Unpainted.Count).ShouldBe(normalOnly ? 20 : 40);
        data.Unpainted.Count.ShouldBe(normalOnly ? 4 : 8);
        data.Train.Count(p => p.IsDefective).ShouldBe(normalOnly ? 0 : 16);
    }

    /// <summary>Two days of other kinds are both learned from; the small one goes to the validation side, which has nothing, the large one, though first by hash, does not.</summary>
    [Theory]
    [InlineData("01_200901", "01_200902")]
    [InlineData("01_200902", "01_200901")]
    public void Read_OneLargeGroupAndASmallOne_TheSmallOneIsJudgedBy(string large, string small)
    {
        using TestDirectory directory = new();
        var name = Series(directory, (large, 60, 2), (small, 14, 2));
        Relabel(directory, large, 0, "Dent");

        var data = TrainingDataReader.Read([name], shots: null, seed: 1, normalOnly: false);

        data.Validation.Select(Day).Distinct().ShouldBe([small]);
        data.Train.Select(Day).Distinct().ShouldBe([large]);
        data.SharingGroups.ShouldBeEmpty();
    }

    /// <summary>A day with all defects and one with most of the good pictures: whatever is held back of the good ones takes no defect with it.</summary>
    [Fact]
    public void Read_AllDefectsOfOneDay_MostStayToLearnFrom()
    {
        using TestDirectory directory = new();
        var name = Series(directory, ("01_200901", 40, 2), ("01_200902", 60, 0));

        var data = TrainingDataReader.Read([name], shots: null, seed: 1, normalOnly: false);

        data.Train.Count(p => p.IsDefective).ShouldBe(16);
        data.Validation.Count(p => p.IsDefective).ShouldBe(4);
        data.Train.Count(p => !p.IsDefective).ShouldBe(64);
        data.SharingGroups.ShouldBe(["bsdata:data"]);
    }

    /// <summary>A day with the only dents and nearly all good pictures is not given away for validation.</summary>
    [Fact]
    public void Read_SmallGroupWithAKindOfItsOwn_StaysToLearnFrom()
    {
        using TestDirectory directory = new();
        var name = Series(directory, ("01_200901", 60, 2), ("01_200902", 50, 5));
        for (var i = 0; i < 50; i += 5)
        {
            Relabel(directory, "01_200902", i, "Dent");
        }

        var data = TrainingDataReader.Read([name], shots: null, seed: 1, normalOnly: false);

        data.Classes.Count.ShouldBe(2);
        data.Train.SelectMany(p => p.ClassIndices).Distinct().Count().ShouldBe(2);
        data.Validation.Count(p => p.IsDefective).ShouldBe(8);
    }

    /// <summary>What is held back by pictures is never the last of its kind.</summary>
    [Fact]
    public void Read_SeriesWithRareKinds_KeepsEachToLearnFrom()
    {
        using TestDirectory directory = new();
        var name = Series(directory, ("01_200905", 40, 2));
        string[] rare = ["Chipping", "Wear", "Dent", "Stain", "Scratch", "Burn", "Crack", "Corrosion"];
        for (var i = 0; i < rare.Length; i++)
        {
            Relabel(directory, "01_200905", 2 * i, rare[i]);
        }

        var data = TrainingDataReader.Read([name], shots: null, seed: 1, normalOnly: false);

        data.Validation.Count(p => p.IsDefective).ShouldBe(4);
        data.Train.SelectMany(p => p.ClassIndices).Distinct().Count().ShouldBe(1 + rare.Length);
    }

    private static string Day(TrainingPicture picture) => Path.GetFileName(picture.Id)[..9];

    private static void Relabel(TestDirectory directory, string day, int number, string kind)
    {
        var label = directory.File($"data/label/{day}_{number:D2}.json");
        File.WriteAllText(label, File.ReadAllText(label).Replace("Pitting", kind, StringComparison.Ordinal));
    }

    /// <summary>Pictures of noise, of each day so many, every so manieth with a pit; 0: none.</summary>
    private static string Series(TestDirectory directory, params (string Day, int Count, int Every)[] days)
    {
        Directory.CreateDirectory(directory.File("data/data"));
        Directory.CreateDirectory(directory.File("data/label"));
        File.WriteAllText(directory.File("data/image_data.json"), "{}");
        foreach (var (day, count, every) in days)
        {
            for (var i = 0; i < count; i++)
            {
                using RgbImage image = new(64, 64);
                new Random(HashCode(day, i)).NextBytes(image.Pixels);
                File.WriteAllBytes(directory.File($"data/data/{day}_{i:D2}.jpg"), ImageEncoder.EncodeJpeg(image));
                if (every > 0 && i % every == 0)
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
