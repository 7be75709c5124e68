using IMDD.Imaging;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

public sealed class EdgeModelTests
{
    [Fact]
    public void Load_WhatWasSaved_IsTheSameModel()
    {
        using TestDirectory directory = new();
        using var model = Model();
        model.Save(directory.Path);

        using var loaded = EdgeModel.Load(directory.Path);

        loaded.Digest().ShouldBe(model.Digest());
        loaded.Description.Network.ShouldBe(model.Description.Network);
        loaded.Description.Classes.Select(c => c.Id).ShouldBe(["crack", "stain"]);
        loaded.Description.Calibration.PixelThreshold.ShouldBe(0.3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_WithAndWithoutAttention_IsTheSameModel_AndADescriptionOfBeforeSaysNothingOfIt(bool attention)
    {
        using TestDirectory directory = new();
        using var model = Model(new EdgeNetworkOptions { Size = NetworkSize.Nano, Attention = attention });
        model.Save(directory.Path);

        using var loaded = EdgeModel.Load(directory.Path);

        loaded.Digest().ShouldBe(model.Digest());
        loaded.Description.Network.Attention.ShouldBe(attention);
        File.ReadAllText(directory.File(EdgeModel.DescriptionFile)).Contains("attention", StringComparison.Ordinal).ShouldBe(attention);
    }

    [Fact]
    public void AtTwiceTheSize_HasTheWeights_AndIsLoadedAsSuch()
    {
        using TestDirectory directory = new();
        using var model = Model();
        model.Save(directory.Path);
        var before = File.ReadAllText(directory.File(EdgeModel.DescriptionFile));

        using (var doubled = model.AtTwiceTheSize())
        {
            doubled.Save(directory.Path);
        }

        using var loaded = EdgeModel.Load(directory.Path);
        loaded.Digest().ShouldBe(model.Digest());
        (loaded.Description.Network.Doubled, loaded.Description.Network.OutputStride).ShouldBe((true, model.Description.Network.OutputStride / 2));
        before.ShouldNotContain("doubled", Case.Insensitive);
    }

    [Fact]
    public void RoundToHalf_SavedAndLoaded_IsTheSameModelInHalfTheBytes()
    {
        using TestDirectory directory = new();
        using var model = Model();
        model.Save(directory.Path);
        var (bytes, digest) = (new FileInfo(directory.File(EdgeModel.WeightsFile)).Length, model.Digest());
        var before = model.Network.DefectHead.weight!.data<float>().ToArray();

        model.RoundToHalf();
        model.Save(directory.Path);
        using var loaded = EdgeModel.Load(directory.Path);

        loaded.Digest().ShouldBe(model.Digest());
        loaded.Digest().ShouldNotBe(digest);
        loaded.Description.HalfWeights.ShouldBeTrue();
        ((double)new FileInfo(directory.File(EdgeModel.WeightsFile)).Length / bytes).ShouldBeInRange(0.49, 0.52);
        var after = loaded.Network.DefectHead.weight!.data<float>().ToArray();
        before.Zip(after, (a, b) => Math.Abs(a - b) / Math.Max(1e-4, Math.Abs(a))).Max().ShouldBeLessThan(1.0 / 1024);
    }

    [Fact]
    public void Load_CutOrForeignFiles_AreRefusedByName()
    {
        using TestDirectory directory = new();
        using var model = Model();
        foreach (var file in new[] { EdgeModel.WeightsFile, EdgeModel.DescriptionFile })
        {
            model.Save(directory.Path);
            var path = directory.File(file);
            var whole = File.ReadAllBytes(path);
            foreach (var length in new[] { 0, 7, whole.Length / 2, whole.Length - 1 })
            {
                File.WriteAllBytes(path, whole[..length]);
                Should.Throw<TrainingException>(() => EdgeModel.Load(directory.Path)).Message.ShouldContain(directory.Path);
            }
        }
    }

    [Fact]
    public void Load_WeightsOfAnotherSize_NamesTheTensor()
    {
        using TestDirectory directory = new();
        using var model = Model();
        model.Save(directory.Path);
        File.WriteAllText(directory.File(EdgeModel.DescriptionFile), File.ReadAllText(directory.File(EdgeModel.DescriptionFile)).Replace("\"nano\"", "\"small\"", StringComparison.Ordinal));

        Should.Throw<TrainingException>(() => EdgeModel.Load(directory.Path)).Message.ShouldContain("network.");
    }

    [Fact]
    public void Run_PictureOfAnySize_MeetsTheContract()
    {
        using var model = Model();
        using TorchSegmenter segmenter = new(model);
        using RgbImage image = new(101, 67);
        new Random(1).NextBytes(image.Pixels);

        var result = segmenter.Run([image]).Images[0];

        (result.Width, result.Height).ShouldBe((26, 17));
        result.RowStride.ShouldBe(32);
        result.Defect.Length.ShouldBe(32 * 24);
        result.Defect.ToArray().ShouldAllBe(p => p >= 0 && p <= 1);
        result.Class.ToArray().ShouldAllBe(c => c == 0 || c == 1);
        result.ClassMargin.ToArray().ShouldAllBe(m => m >= 0 && m <= 1);
        result.ClassScore.Length.ShouldBe(32 * 24);
    }

    private static EdgeModel Model(EdgeNetworkOptions? options = null) => new(new EdgeModelDescription(
        options ?? new EdgeNetworkOptions { Size = NetworkSize.Nano },
        [new TrainedClass("crack", "crack", ["fissure"], "critical"), new TrainedClass("stain", "stain", [], "minor")],
        new EdgeCalibration { PixelThreshold = 0.3, RowThresholds = [0.2, 0.2] },
        new EdgeModelLineage(["made"], ["sha256:0"], 1, 5, null)));
}
