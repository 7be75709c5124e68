using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>Models that compare are given the data set's known-good pictures.</summary>
public sealed class ReferenceEvaluationTests
{
    private const int Side = 48;
    private const int Boards = 6;

    [Fact]
    public void Run_DataWithTemplates_FindsWhatDiffersFromThem()
    {
        using TestDirectory directory = new();
        WriteBoards(directory);
        using BundleModel model = new(new ComparingSegmenter());

        var report = Run(model, directory, "deeppcb", _ => true);

        report.Images.ShouldBe(Boards);
        report.Problems.ShouldBeEmpty();
        report.Metrics.Single(m => m.Key == "ap50_agnostic").Value.Value.ShouldBe(1);
        new HtmlReport(model, new OpenCvImageDecoder()).Render(report).ShouldContain("data:image/jpeg");
    }

    [Fact]
    public void Run_SampleWithoutTemplateOrOfAnotherSize_IsReportedAndTheRestIsMeasured()
    {
        using TestDirectory directory = new();
        WriteBoards(directory);
        using (RgbImage small = new(Side - 1, Side))
        {
            small.Pixels.Clear();
            File.WriteAllBytes(directory.File("group00001/00001/00001_temp.jpg"), ImageEncoder.EncodeJpeg(small));
        }

        using BundleModel model = new(new ComparingSegmenter());

        var report = Run(model, directory, "deeppcb", id => !id.Contains("00002_test", StringComparison.Ordinal));

        report.Images.ShouldBe(Boards - 2);
        report.Problems.Select(p => p.Reason).ShouldBe(
            [$"Its reference picture has {Side - 1}×{Side} pixels: expected {Side}×{Side}, the picture's.", "It has no reference picture, with which this model compares."]);
    }

    private static EvaluationReport Run(BundleModel model, TestDirectory directory, string key, Func<string, bool> hasReference)
    {
        var dataset = DatasetReaders.Read($"{key}:{directory.Path}");
        dataset = dataset with { Samples = [.. dataset.Samples.Select(s => hasReference(s.Id) ? s : s with { ReferencePath = null })] };
        return new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 })
            .Run(dataset, DatasetSplit.Of(dataset.Samples), side: null);
    }

    /// <summary>Each board has a layout of its own, so that nothing but the template tells its defect.</summary>
    private static void WriteBoards(TestDirectory directory)
    {
        for (var board = 1; board <= Boards; board++)
        {
            var folder = $"group{board:D5}/{board:D5}";
            Directory.CreateDirectory(directory.File(folder));
            Directory.CreateDirectory(directory.File(folder + "_not"));
            using RgbImage template = new(Side, Side);
            Random random = new(board);
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    template.Pixels.Slice(3 * ((y * Side) + x), 3).Fill((x / 8 + y / 8) % (board + 1) == 0 ? (byte)220 : (byte)40);
                }
            }

            File.WriteAllBytes(directory.File($"{folder}/{board:D5}_temp.jpg"), ImageEncoder.EncodeJpeg(template, 100));
            var (left, top) = (8 * random.Next(1, 4), 8 * random.Next(1, 4));
            for (var y = top; y < top + 16; y++)
            {
                template.Pixels.Slice(3 * ((y * Side) + left), 48).Fill(130);
            }

            File.WriteAllBytes(directory.File($"{folder}/{board:D5}_test.jpg"), ImageEncoder.EncodeJpeg(template, 100));
            File.WriteAllText(directory.File($"{folder}_not/{board:D5}.txt"), $"{left} {top} {left + 16} {top + 16} 1\n");
        }
    }
}
