using IMDD.Contracts.Models;
using IMDD.Imaging.Masks;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>How surely a region is a defect.</summary>
public sealed class ConfidenceFitTests
{
    [Theory]
    [InlineData(-2.0, 1.5, 0.2)]
    [InlineData(-4.0, 0.6, 0.8)]
    public void Fit_RegionsDrawnByALogistic_FindsIt(double offset, double peakScale, double areaScale)
    {
        var fitted = ConfidenceFit.Fit(Draw(20_000, offset, peakScale, areaScale)).ShouldNotBeNull();

        fitted.Offset.ShouldBe(offset, 0.25);
        fitted.PeakScale.ShouldBe(peakScale, 0.1);
        fitted.AreaScale.ShouldBe(areaScale, 0.05);
    }

    [Theory]
    [InlineData(300, 0.02, "it may be chance")]
    [InlineData(20_000, -0.7, "one larger than any that was seen would be no defect at all")]
    public void Fit_AreaThatDoesNotSpeakForARegion_SaysNothing(int count, double areaScale, string because)
        => ConfidenceFit.Fit(Draw(count, -1, 1.2, areaScale)).ShouldBeNull(because);

    [Fact]
    public void Fit_FewOfOneKind_SaysNothing()
    {
        var regions = Draw(2_000, -4, 1, 0.9);

        ConfidenceFit.Fit([.. regions.Where(r => r.IsDefect), .. regions.Where(r => !r.IsDefect).Take(19)]).ShouldBeNull();
        ConfidenceFit.Fit([.. regions.Where(r => r.IsDefect).Take(19), .. regions.Where(r => !r.IsDefect)]).ShouldBeNull();
        ConfidenceFit.Fit([.. regions.Where(r => r.IsDefect).Take(20), .. regions.Where(r => !r.IsDefect)]).ShouldNotBeNull();
    }

    [Fact]
    public void Fit_FainterOnesThatAreSurer_ThePeakCountsForNothing()
    {
        var fitted = ConfidenceFit.Fit(Draw(2_000, -4, -1, 0.9)).ShouldNotBeNull();

        fitted.PeakScale.ShouldBe(0);
        fitted.AreaScale.ShouldBeGreaterThan(0.3);
    }

    /// <summary>Bars and squares are found alike, and only bars are defects, which are larger: what size is worth is learned from that.</summary>
    [Fact]
    public async Task Renew_SmallRegionsThatAreNoDefects_AreLessSurelyOnesThanLargeOnes()
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
        var data = TrainingPictures.Data(48, 500);

        data = data with { Validation = [.. data.Validation.Select(p => p.ClassIndices is [0] ? p : p with { Mask = null, Classes = null, ClassIndices = [], Anchors = [] })] };
        ModelCalibration.Renew(model, data);

        var fitted = model.Description.Calibration.Regions.ShouldNotBeNull();
        fitted.AreaScale.ShouldBeGreaterThan(0, "bars cover half as much again as squares");
        model.Digest().ShouldBe(digest);
        using TorchSegmenter segmenter = new(model);
        segmenter.Manifest.RegionConfidence.ShouldBe(fitted);
        EdgeBundle.Write(model, data.Validation, directory.File("bundle"), DateTimeOffset.UnixEpoch);
        var bundle = ModelBundle.Open(directory.File("bundle"));
        bundle.Manifest.RegionConfidence.ShouldBe(fitted);
        bundle.Manifest.Calibration!.Value.GetProperty("calibratedBy").GetProperty("datasetDigest").GetString().ShouldBe(data.Digest());
        using var loaded = EdgeModel.Load(bundle.Directory);
        loaded.Description.Calibration.Regions.ShouldBe(fitted);
        ConfidenceFit.Fit(model, data with { PaintedSeed = 1 }).ShouldBeNull("the painter's sizes say nothing");
        ConfidenceFit.Fit(model, data with { Train = data.Validation }).ShouldBeNull("what was learned from says nothing");
        Boxed(1).ShouldNotBeNull();
        Boxed(TrainingPictures.Side).ShouldBeNull("a box of the whole picture is met by no region in it, and then nothing is a defect");

        BundleRegionConfidence? Boxed(double share)
            => ConfidenceFit.Fit(model, data with { Validation = [.. data.Validation.Select(p => p.Mask is null ? p : p with { Boxes = [Around(p, share)] })] });
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
    public void Renew_NoDefectToCalibrateBy_IsRefused()
    {
        using EdgeModel model = new(Description(TrainingPictures.Data(1, 1).Classes));

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, TrainingPictures.Data(6, 0))).Message.ShouldContain("calibrate by");
        var good = TrainingPictures.Data(6, 9);
        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, good with { Validation = [.. good.Validation.Where(p => !p.IsDefective)] })).Message.ShouldContain("calibrate by");
    }

    [Fact]
    public void Renew_ModelOfNormalPicturesAlone_IsRefused()
    {
        var description = Description(TrainingPictures.Data(1, 1).Classes);
        using EdgeModel model = new(description with { Lineage = description.Lineage with { PaintedSeed = 1 } });

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, TrainingPictures.Data(6, 6))).Message.ShouldContain("normal pictures alone");
    }

    [Fact]
    public void Renew_KindThatNoPictureShows_KeepsItsNamesThreshold()
    {
        EdgeCalibration before = new() { RowThresholds = [0.41, 0.42] };
        using EdgeModel model = new(Description(TrainingPictures.Data(1, 1).Classes) with { Calibration = before });
        var data = TrainingPictures.Data(6, 60);

        ModelCalibration.Renew(model, data with { Validation = [.. data.Validation.Where(p => p.ClassIndices is not [0])] });

        model.Description.Calibration.RowThresholds[0].ShouldBe(0.41);
    }

    [Fact]
    public void Renew_DataOfTheTrainingDividedOtherwise_IsRefused()
    {
        var data = TrainingPictures.Data(6, 9);
        var description = Description(data.Classes);
        using EdgeModel same = new(description with { Lineage = description.Lineage with { Data = data.Names, SplitIds = data.SplitIds } });
        using EdgeModel other = new(description with { Lineage = description.Lineage with { Data = data.Names, SplitIds = ["sha256:else"] } });

        ModelCalibration.Renew(same, data);
        Should.Throw<TrainingException>(() => ModelCalibration.Renew(other, data)).Message.ShouldContain("made by another split");
    }

    [Fact]
    public void Renew_DataThatWereLearnedAsAWhole_IsRefusedWhateverTheyWereCalled()
    {
        var data = TrainingPictures.Data(6, 9);
        var description = Description(data.Classes);
        using EdgeModel model = new(description with { Lineage = description.Lineage with { Data = ["labelled:train"], SplitIds = [LearnedSplits.Whole(data.SplitIds[0])] } });

        Should.Throw<TrainingException>(() => ModelCalibration.Renew(model, data)).Message.ShouldContain("made as a whole");
    }

    [Fact]
    public void Renew_NoGoodPicture_LeavesThePicturesScoreAsItWas()
    {
        EdgeCalibration before = new() { ImageScale = 0.7, ImageOffset = -0.3, ImageThreshold = 0.4 };
        using EdgeModel model = new(Description(TrainingPictures.Data(1, 1).Classes) with { Calibration = before });
        var data = TrainingPictures.Data(6, 9);

        ModelCalibration.Renew(model, data with { Validation = [.. data.Validation.Where(p => p.IsDefective)] });

        var after = model.Description.Calibration;
        (after.ImageScale, after.ImageOffset, after.ImageThreshold).ShouldBe((before.ImageScale, before.ImageOffset, before.ImageThreshold));
        after.DefectScale.ShouldNotBe(before.DefectScale);
    }

    /// <summary>The box of a picture's defect, or one so many times as large.</summary>
    private static Box Around(TrainingPicture picture, double times)
    {
        using var areas = ConnectedComponents.Find(picture.Mask, picture.Width, picture.Height);
        var area = areas[1];
        return new Box(area.X, area.Y, area.X + area.Width * times, area.Y + area.Height * times);
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
