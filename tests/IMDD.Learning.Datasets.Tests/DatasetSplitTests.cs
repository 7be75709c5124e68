using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Learning.Datasets.Tests;

public sealed class DatasetSplitTests
{
    [Fact]
    public void Of_ManyGroups_HasTheSharesAndNeverCutsAGroup()
    {
        var samples = Samples(600, groupSize: 3, classes: 4);

        var split = DatasetSplit.Of(samples);

        var bySide = samples.GroupBy(split.Of).ToDictionary(g => g.Key, g => g.Count() / (double)samples.Count);
        bySide[SplitName.Train].ShouldBe(0.55, 0.02);
        bySide[SplitName.Val].ShouldBe(0.15, 0.02);
        bySide[SplitName.Test].ShouldBe(0.30, 0.02);
        samples.GroupBy(s => s.Group, StringComparer.Ordinal).ShouldAllBe(g => g.Select(split.Of).Distinct().Count() == 1);
        samples.SelectMany(s => s.Classes).Distinct(StringComparer.Ordinal)
            .ShouldAllBe(c => samples.Where(s => s.Classes.Contains(c, StringComparer.Ordinal)).Select(split.Of).Distinct().Count() == 3);
    }

    [Fact]
    public void Of_AnyOrder_IsTheSameSplit()
    {
        var samples = Samples(200, groupSize: 2, classes: 3);
        var shuffled = samples.ToArray();
        new Random(3).Shuffle(shuffled);

        DatasetSplit.Of(shuffled).Id.ShouldBe(DatasetSplit.Of(samples).Id);
    }

    [Fact]
    public void Id_OneSampleMore_Differs()
    {
        var samples = Samples(20, groupSize: 1, classes: 2);

        DatasetSplit.Of(samples).Id.ShouldNotBe(DatasetSplit.Of([.. samples.Skip(1)]).Id);
    }

    [Fact]
    public void Of_ManyGroupsWithTestGroups_TestSideIsTheseAndTheRestIsDealtByGroup()
    {
        var samples = Samples(300, groupSize: 3, classes: 2);

        var split = DatasetSplit.Of(samples, ["g4", "g8"]);

        split.Take(samples, SplitName.Test).Select(s => s.Group).Distinct().ShouldBe(["g4", "g8"]);
        samples.GroupBy(s => s.Group, StringComparer.Ordinal).ShouldAllBe(g => g.Select(split.Of).Distinct().Count() == 1);
        (split.Take(samples, SplitName.Val).Count / 294.0).ShouldBe(0.15 / 0.7, 0.02);
        split.Id.ShouldNotBe(DatasetSplit.Of(samples).Id);
        DatasetSplit.Of(samples, []).Id.ShouldBe(DatasetSplit.Of(samples).Id);
    }

    [Fact]
    public void Of_FewGroupsWithOneLeftOut_LearnsFromAllOthers()
    {
        var samples = Samples(200, groupSize: 50, classes: 4);

        var split = DatasetSplit.Of(samples, ["g2"]);

        split.Take(samples, SplitName.Test).Select(s => s.Group).Distinct().ShouldBe(["g2"]);
        split.Take(samples, SplitName.Train).Select(s => s.Group).Distinct().Order().ShouldBe(["g0", "g1", "g3"]);
        (split.Take(samples, SplitName.Val).Count / 150.0).ShouldBe(0.15 / 0.7, 0.01);
    }

    [Theory]
    [InlineData("g9", "g9")]
    [InlineData("g0,g1", "nothing is left")]
    public void Of_TestGroupsThatCannotBe_SaysWhatIsThere(string groups, string expected)
        => Should.Throw<DatasetException>(() => DatasetSplit.Of(Samples(20, groupSize: 10, classes: 1), groups.Split(','))).Message.ShouldContain(expected);

    [Fact]
    public void Read_TwoSetsOfThePicturesDividedAsOne_NoPictureIsOnBothSides()
    {
        using var folder = new FixtureFolder();
        for (var i = 1; i <= 20; i++)
        {
            folder.Image($"det/IMAGES/scratches_{i}.jpg", seed: i)
                .Text($"det/ANNOTATIONS/scratches_{i}.xml", "<annotation><object><name>scratches</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>")
                .Image($"sal/Source Images/Sc_{i}.bmp", seed: i).Mask($"sal/Ground truth/Sc_{i}.png");
        }

        string det = $"neu-det:{folder.Root}/det", sal = $"sd-saliency:{folder.Root}/sal";
        DatasetDivider divider = new(new OpenCvImageDecoder());
        var both = divider.Read([det, sal], new DivisionRule { Together = true });
        var one = divider.Read([sal], new DivisionRule { With = [det] });

        var split = both[0].Split;
        both.Count.ShouldBe(2);
        both.SelectMany(d => d.Dataset.Samples).GroupBy(s => s.Group, StringComparer.Ordinal)
            .ShouldAllBe(g => g.Count() == 2 && g.Select(split.Of).Distinct().Count() == 1);
        one.ShouldHaveSingleItem().Split.Id.ShouldBe(split.Id);
        one[0].Dataset.Key.ShouldBe("sd-saliency");
        divider.Read([det, sal], DivisionRule.Default).Select(d => d.Split.Id).ShouldNotContain(split.Id);
    }

    [Fact]
    public void Read_SetsWithPicturesOfOneNameDividedAsOne_IsRefused()
    {
        using var folder = new FixtureFolder().Image("a/good/1.png").Image("b/good/1.png");

        Should.Throw<DatasetException>(() => new DatasetDivider(new OpenCvImageDecoder()).Read(
            [$"folders:{folder.Root}/a", $"folders:{folder.Root}/b"], new DivisionRule { Together = true })).Message.ShouldContain("good/1.png");
    }

    [Fact]
    public void KShot_GrowingK_IsNestedAndKeepsNormals()
    {
        var train = Samples(300, groupSize: 1, classes: 5);

        var five = KShot.Draw(train, 5, seed: 7).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var ten = KShot.Draw(train, 10, seed: 7).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var other = KShot.Draw(train, 5, seed: 8).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);

        five.IsSubsetOf(ten).ShouldBeTrue();
        five.SetEquals(other).ShouldBeFalse();
        train.Where(s => !s.IsAnomalous).ShouldAllBe(s => five.Contains(s.Id));
        foreach (var name in train.SelectMany(s => s.Classes).Distinct(StringComparer.Ordinal))
        {
            train.Count(s => five.Contains(s.Id) && s.Classes.Contains(name, StringComparer.Ordinal)).ShouldBe(5);
        }
    }

    /// <summary>Each class is drawn for by itself, and what was drawn for one is seen by all that it shows.</summary>
    [Fact]
    public void KShot_PicturesOfSeveralClasses_EachClassHasItsDrawAndMayHaveMore()
    {
        const int k = 2;
        List<DatasetSample> train = [.. Samples(20, groupSize: 1, classes: 1).Select((s, i) => s with { IsAnomalous = true, Classes = i < 10 ? ["dent", "scratch"] : ["scratch"] })];
        List<int> scratched = [];
        for (var seed = 1; seed <= 10; seed++)
        {
            var drawn = KShot.Draw(train, k, seed);

            drawn.Count(s => s.Classes.Contains("dent", StringComparer.Ordinal)).ShouldBeGreaterThanOrEqualTo(k);
            drawn.Count.ShouldBeInRange(k, 2 * k);
            scratched.Add(drawn.Count);
        }

        scratched.ShouldContain(count => count > k, "all pictures show a scratch");
    }

    [Fact]
    public void DuplicateGroups_ExactAndReencodedCopies_AreJoinedAndOthersNot()
    {
        using var folder = new FixtureFolder()
            .Image("good/a.png", 96, 96, seed: 1).Copy("good/a.png", "good/copy.png")
            .Image("good/b.png", 96, 96, seed: 2).Image("good/a.jpg", 96, 96, seed: 1);
        var samples = Readers.DatasetReaders.Read("folders:" + folder.Root).Samples;

        var (joined, problems) = new DuplicateGroups(new OpenCvImageDecoder()).Join(samples);

        problems.ShouldBeEmpty();
        var groups = joined.ToDictionary(s => s.Id, s => s.Group, StringComparer.Ordinal);
        groups["good/copy.png"].ShouldBe(groups["good/a.png"]);
        groups["good/a.jpg"].ShouldBe(groups["good/a.png"]);
        groups["good/b.png"].ShouldNotBe(groups["good/a.png"]);
    }

    private static List<DatasetSample> Samples(int count, int groupSize, int classes)
        => [.. Enumerable.Range(0, count).Select(i => new DatasetSample
        {
            Id = $"{i:D5}.png",
            ImagePath = $"/nowhere/{i:D5}.png",
            IsAnomalous = i / groupSize % (classes + 1) > 0,
            Classes = i / groupSize % (classes + 1) is > 0 and var c ? [$"class{c}"] : [],
            Group = $"g{i / groupSize}",
        })];
}
