using IMDD.Learning.Networks;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Synthetics.Looks;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>Data sets whose names say what defects look like teach words, and become no names.</summary>
public sealed class DescriptionTests
{
    private const string Named = "synthetic:seed=31,count=40,size=64,textures=cast,defective=0.5";
    private const string Described = "synthetic:seed=32,count=60,size=64,textures=cast,defective=0.8,names=looks";

    [Fact]
    public void Read_Descriptions_AreLearnedFromWholeAndNotJudgedBy()
    {
        var (with, without) = (Read([Described]), Read([]));

        with.Classes.ShouldBe(without.Classes);
        with.Validation.Select(p => p.Id).ShouldBe(without.Validation.Select(p => p.Id));
        with.Descriptions.Count.ShouldBeGreaterThan(20);
        with.Descriptions.ShouldAllBe(c => DefectLooks.Find(c.Name) != null && c.Synonyms.Count >= 3);
        with.AllClasses.ShouldBe([.. with.Classes, .. with.Descriptions]);
        with.Names.ShouldBe([Named, Described]);
        var described = with.Train.Where(p => p.Dataset == 1).ToList();
        described.Count.ShouldBe(60);
        described.SelectMany(p => p.ClassIndices).ShouldAllBe(index => index >= with.Classes.Count);
        with.Train.Where(p => p.Dataset == 0).SelectMany(p => p.ClassIndices).ShouldAllBe(index => index < with.Classes.Count);
    }

    [Fact]
    public async Task RunAsync_WithDescriptions_NamesWhatItNamesWithoutThem()
    {
        using TestDirectory directory = new();

        var (with, again, without) = (await Train([Described], directory.File("with")), await Train([Described], directory.File("again")), await Train([], directory.File("without")));

        with.Classes.ShouldBe(without.Classes);
        with.Thresholds.ShouldBe(with.Classes.Count);
        again.Digest.ShouldBe(with.Digest);
        with.Digest.ShouldNotBe(without.Digest);
    }

    private static TrainingData Read(IReadOnlyList<string> descriptions)
        => TrainingDataReader.Read(new TrainingSelection { Names = [Named], Descriptions = descriptions, Seed = 1 });

    private static async Task<(IReadOnlyList<string> Classes, int Thresholds, string Digest)> Train(IReadOnlyList<string> descriptions, string folder)
    {
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
            Crops = new CropOptions { Side = 64 },
            Steps = 6,
            BatchSize = 4,
            Validations = 2,
        };
        using EdgeTrainer trainer = new(options, Read(descriptions), folder);
        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            return ([.. model.Description.Classes.Select(c => c.Id)], model.Description.Calibration.RowThresholds.Count, outcome.Digest);
        }
    }
}
