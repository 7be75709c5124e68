using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>How surely a region is a defect.</summary>
public sealed class RegionScoreTests
{
    [Theory]
    [InlineData(-2.0, 1.5, 0.2)]
    [InlineData(-4.0, 0.6, 0.8)]
    public void Fit_RegionsDrawnByALogistic_FindsIt(double offset, double peakScale, double areaScale)
    {
        var fitted = RegionScores.Fit(Draw(20_000, offset, peakScale, areaScale)).ShouldNotBeNull();

        fitted.Offset.ShouldBe(offset, 0.25);
        fitted.PeakScale.ShouldBe(peakScale, 0.1);
        fitted.AreaScale.ShouldBe(areaScale, 0.05);
    }

    [Theory]
    [InlineData(300, 0.02, "it may be chance")]
    [InlineData(20_000, -0.7, "one larger than any that was seen would be no defect at all")]
    public void Fit_AreaThatDoesNotSpeakForARegion_SaysNothing(int count, double areaScale, string because)
        => RegionScores.Fit(Draw(count, -1, 1.2, areaScale)).ShouldBeNull(because);

    [Fact]
    public void Fit_FewOfOneKind_SaysNothing()
    {
        var regions = Draw(2_000, -4, 1, 0.9);

        RegionScores.Fit([.. regions.Where(r => r.IsDefect), .. regions.Where(r => !r.IsDefect).Take(19)]).ShouldBeNull();
        RegionScores.Fit([.. regions.Where(r => r.IsDefect).Take(19), .. regions.Where(r => !r.IsDefect)]).ShouldBeNull();
        RegionScores.Fit([.. regions.Where(r => r.IsDefect).Take(20), .. regions.Where(r => !r.IsDefect)]).ShouldNotBeNull();
    }

    [Fact]
    public void Fit_FainterOnesThatAreSurer_TheSurestPixelStillCountsForTheRegion()
        => RegionScores.Fit(Draw(2_000, -4, -1, 0.9)).ShouldNotBeNull().PeakScale.ShouldBeGreaterThan(0);

    /// <summary>Squares of two sizes are found alike, and only the large ones are defects: what small ones are worth is learned from that.</summary>
    [Fact]
    public async Task Renew_SmallRegionsThatAreNoDefects_ScoreLessThanLargeOnes()
    {
        using TestDirectory directory = new();
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
            Crops = new CropOptions { Side = 64 },
            Steps = 150,
            BatchSize = 8,
            AverageDecay = 0.95,
        };
        using EdgeTrainer trainer = new(options, TrainingPictures.Data(48, 18), directory.Path);
        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using var own = model;
        var digest = model.Digest();
        var pixelThreshold = model.Description.Calibration.PixelThreshold;
        var data = TrainingPictures.Data(48, 90);

        ModelCalibration.Renew(model, data with { Validation = [.. data.Validation.Select(p => p.ClassIndices is [0] ? p : p with { Mask = null, Classes = null, ClassIndices = [], Anchors = [] })] });

        var fitted = model.Description.Calibration.Regions.ShouldNotBeNull();
        fitted.AreaScale.ShouldBeGreaterThan(0, "bars cover half as much again as squares");
        model.Digest().ShouldBe(digest);
        using TorchSegmenter segmenter = new(model);
        segmenter.Manifest.RegionScore.ShouldBe(fitted);
        pixelThreshold.ShouldBeInRange(0, 1);
    }

    [Fact]
    public void Renew_DataOfAClassWithoutAName_IsRefused()
    {
        using EdgeModel model = new(Description(TrainingPictures.Data(1, 1).Classes.Take(1).ToList()));

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, TrainingPictures.Data(6, 6))).Message.ShouldContain("spot");
    }

    [Fact]
    public void Renew_ModelWithAWordMore_IsRefused()
    {
        var description = Description(TrainingPictures.Data(1, 1).Classes);
        using EdgeModel model = new(description with { Rows = description.ListRows() });

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, TrainingPictures.Data(6, 6))).Message.ShouldContain("words or classes that were added");
    }

    [Fact]
    public void Renew_NothingHeldBack_IsRefused()
    {
        using EdgeModel model = new(Description(TrainingPictures.Data(1, 1).Classes));

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, TrainingPictures.Data(6, 0))).Message.ShouldContain("no validation side");
    }

    private static EdgeModelDescription Description(IReadOnlyList<TrainedClass> classes)
        => new(new EdgeNetworkOptions { Size = NetworkSize.Nano }, classes, EdgeCalibration.None, new EdgeModelLineage([], [], 1, 0, null));

    private static List<(double Peak, double Area, bool IsDefect)> Draw(int count, double offset, double peakScale, double areaScale)
    {
        Random random = new(11);
        List<(double Peak, double Area, bool IsDefect)> regions = [];
        for (var i = 0; i < count; i++)
        {
            var (peak, area) = (random.NextDouble() * 8 - 4, random.NextDouble() * 8 + 1);
            regions.Add((peak, area, random.NextDouble() < 1 / (1 + Math.Exp(-(offset + (peakScale * peak) + (areaScale * area))))));
        }

        return regions;
    }
}
