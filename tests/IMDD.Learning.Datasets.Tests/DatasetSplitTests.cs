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
