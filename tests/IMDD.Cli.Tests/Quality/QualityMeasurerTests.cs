using IMDD.Cli.Quality;
using IMDD.Testing;

namespace IMDD.Cli.Tests.Quality;

public sealed class QualityMeasurerTests : IDisposable
{
    private static readonly QualityMeasurement All = new("m", [new QualityPart("t", ["folders:parts"])]) { Side = "all" };

    private readonly TestDirectory _directory = new();
    private readonly StringWriter _progress = new();
    private readonly QualityMeasurer _measurer;

    public QualityMeasurerTests()
    {
        foreach (var file in Directory.GetFiles(BundleScript.Bundle, "*", SearchOption.AllDirectories))
        {
            var target = _directory.File(Path.Combine("models", "t", Path.GetRelativePath(BundleScript.Bundle, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        _measurer = new QualityMeasurer(_directory.File("models"), new DataRoot(_directory.File("data")), new TrainerProcess(_directory.File("none"), TextWriter.Null), _progress);
    }

    [Fact]
    public async Task Measure_FilesThatCannotBeUsed_AreCountedAndTheFirstIsTold()
    {
        NoisePictures.Write(_directory.File("data/parts"), 2, "good", "dent");
        File.WriteAllText(_directory.File("data/parts/dent/broken.png"), "this is no picture");
        File.Copy(_directory.File("data/parts/good/00.png"), _directory.File("data/parts/stray.png"));

        var measured = await _measurer.MeasureAsync(All, "a.seed1/m", TestContext.Current.CancellationToken);

        // The broken one can neither be compared with the others nor be measured.
        measured.Pictures.ShouldBe(new MeasuredPictures(Images: 4, FilesNotUsed: 2, FilesNotMeasured: 1));
        measured.Values.Keys.ShouldContain("image_auroc");
        var told = _progress.ToString();
        told.ShouldContain("a.seed1/m: not used: stray.png: It lies in no class folder. (and 1 more)");
        told.ShouldContain("a.seed1/m: not measured: dent/broken.png: Expected a JPEG");
    }

    [Fact]
    public async Task Measure_NoPictureCanBeMeasured_IsNoResult()
    {
        Directory.CreateDirectory(_directory.File("data/parts/dent"));
        File.WriteAllText(_directory.File("data/parts/dent/broken.png"), "this is no picture");

        var refused = await Should.ThrowAsync<QualityException>(() => _measurer.MeasureAsync(All, "a.seed1/m", TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("dent/broken.png");
    }

    [Fact]
    public async Task Measure_DataThatCannotBeRead_FailsTheRowAndNamesIt()
    {
        Directory.CreateDirectory(_directory.File("data/parts"));

        var refused = await Should.ThrowAsync<QualityException>(() => _measurer.MeasureAsync(All, "a.seed1/m", TestContext.Current.CancellationToken));

        refused.Message.ShouldStartWith("folders:parts cannot be used: ");
    }

    public void Dispose() => _directory.Dispose();
}
