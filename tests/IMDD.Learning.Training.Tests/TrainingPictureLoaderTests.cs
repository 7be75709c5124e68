using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>Outlines of several defects become one plane of classes.</summary>
public sealed class TrainingPictureLoaderTests
{
    private const int Side = 64;

    /// <summary>A crack within a stain is a crack, whichever was drawn first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_PolygonWithinALargerOne_IsNotHidden(bool smallFirst)
    {
        using TestDirectory directory = new();
        using RgbImage image = new(Side, Side);
        File.WriteAllBytes(directory.File("a.png"), ImageEncoder.EncodePng(image));
        List<AnnotatedPolygon> polygons = [Square("stain", 8, 50), Square("crack", 20, 30)];
        if (smallFirst)
        {
            polygons.Reverse();
        }

        PictureLoader loader = new(new OpenCvImageDecoder(), Vocabulary.English, [TrainedClass.Of("crack", Vocabulary.English)!, TrainedClass.Of("stain", Vocabulary.English)!]);
        DatasetSample sample = new() { Id = "a", ImagePath = directory.File("a.png"), IsAnomalous = true, Classes = ["crack", "stain"], Polygons = polygons, Group = "a" };

        var classes = loader.Load(sample, 0).ShouldNotBeNull().Classes.ShouldNotBeNull();

        classes[25 * Side + 25].ShouldBe((byte)1, "the crack");
        classes[45 * Side + 45].ShouldBe((byte)2, "the stain around it");
        classes[60 * Side + 60].ShouldBe(TrainingPicture.NoClass);
    }

    /// <summary>Clockwise or not, area is what counts.</summary>
    private static AnnotatedPolygon Square(string name, double from, double to)
        => new(name, name == "crack" ? [from, from, to, from, to, to, from, to] : [from, from, from, to, to, to, to, from]);
}
