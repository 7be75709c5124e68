using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using IMDD.Inference.Bundles;
using IMDD.Learning.Evaluation.Features;
using IMDD.Testing;
using SafetensorsFile = IMDD.Inference.Bundles.SafetensorsFile;

namespace IMDD.Learning.Evaluation.Tests.Features;

public sealed class FeatureMetricsTests : IDisposable
{
    private static readonly float[][] Real = [[0, 1], [1, 0], [2, 2], [3, 1], [1, 3]];
    private static readonly float[][] Generated = [[1, 1], [2, 0], [4, 3], [3, 2], [2, 4]];

    private readonly TestDirectory _directory = new();

    [Theory]
    [InlineData("<f4", ".npy")]
    [InlineData("<f8", ".npy")]
    [InlineData("", ".safetensors")]
    public void Of_RealAndGenerated_MatchPublishedValues(string type, string extension)
    {
        var metrics = FeatureMetrics.Of(new FeatureRequest { Real = Write("real", Real, type, extension), Generated = Write("fake", Generated, type, extension) });

        Value(metrics, "frechet_distance").ShouldBe(1.6692919100, 1e-9);
        Value(metrics, "kernel_distance").ShouldBe(77.56, 1e-9);
        Value(metrics, "real_samples").ShouldBe(5);
    }

    [Fact]
    public void Of_Logits_MatchPublishedInceptionScore()
    {
        float[][] logits = [[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0]];
        var path = Write("logits", logits, "<f8", ".npy");

        Value(FeatureMetrics.Of(new FeatureRequest { Logits = path, Splits = 1 }), "inception_score").ShouldBe(1.4056918864, 1e-9);
        var two = FeatureMetrics.Of(new FeatureRequest { Logits = path, Splits = 2 });
        Value(two, "inception_score").ShouldBe(1.2910608664, 1e-9);
        Value(two, "inception_score_std").ShouldBe(0.0492464370, 1e-9);
    }

    [Fact]
    public void Of_QueriesRowForRow_RanksByCosine()
    {
        // Query 0 finds its own row first, query 1 second.
        var metrics = FeatureMetrics.Of(new FeatureRequest
        {
            Queries = Write("q", [[1, 0], [1, 0.2f]], "<f4", ".npy"),
            Gallery = Write("g", [[2, 0.1f], [0, 3]], "<f4", ".npy"),
        });

        Value(metrics, "recall_at_1").ShouldBe(0.5);
        Value(metrics, "recall_at_5").ShouldBe(1);
        Value(metrics, "mean_average_precision").ShouldBe(0.75);
    }

    [Fact]
    public void Of_QueriesWithLabels_CountsEveryAnswerOfTheLabel()
    {
        File.WriteAllLines(_directory.File("q.txt"), ["dent", "hole"]);
        File.WriteAllLines(_directory.File("g.txt"), ["scratch", "dent", "dent"]);

        var metrics = FeatureMetrics.Of(new FeatureRequest
        {
            Queries = Write("q", [[1, 0], [0, 1]], "<f4", ".npy"),
            Gallery = Write("g", [[1, 0], [1, 0.1f], [0, 1]], "<f4", ".npy"),
            QueryLabels = _directory.File("q.txt"),
            GalleryLabels = _directory.File("g.txt"),
        });

        // The first query's answers stand at ranks 2 and 3; the second has none.
        Value(metrics, "mean_average_precision").ShouldBe((1.0 / 2 + 2.0 / 3) / 2, 1e-12);
        Value(metrics, "queries_without_answer").ShouldBe(1);
    }

    [Fact]
    public void Of_HalfAPair_NamesTheOtherHalf()
        => Should.Throw<FeatureFileException>(() => FeatureMetrics.Of(new FeatureRequest { Real = Write("r", Real, "<f4", ".npy") })).Message.ShouldContain("--generated");

    [Fact]
    public void Of_Nothing_SaysWhatCanBeMeasured()
        => Should.Throw<FeatureFileException>(() => FeatureMetrics.Of(new FeatureRequest())).Message.ShouldContain("--queries");

    [Fact]
    public void Of_RowsThatAreNoProbabilities_AreRefused()
        => Should.Throw<FeatureFileException>(() => FeatureMetrics.Of(new FeatureRequest { Probabilities = Write("p", Real, "<f4", ".npy"), Splits = 1 }))
            .Message.ShouldContain("--logits");

    [Fact]
    public void Read_MutatedFiles_AreReadOrRefused()
    {
        var original = File.ReadAllBytes(Write("m", Real, "<f4", ".npy"));
        Random random = new(11);
        for (var i = 0; i < 500; i++)
        {
            var bytes = original.ToArray();
            for (var change = 0; change < 1 + i % 4; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_directory.File("x.npy"), bytes[..(i % 3 == 0 ? random.Next(bytes.Length) : bytes.Length)]);
            try
            {
                FeatureFile.Read(_directory.File("x.npy")).ColumnCount.ShouldBePositive();
            }
            catch (FeatureFileException e)
            {
                e.Message.ShouldContain("x.npy");
            }
        }
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }")]
    public void Read_OtherArray_IsRefused(string header)
    {
        File.WriteAllBytes(_directory.File("o.npy"), Npy(header, new byte[16]));

        Should.Throw<FeatureFileException>(() => FeatureFile.Read(_directory.File("o.npy"))).Message.ShouldContain("C order");
    }

    public void Dispose() => _directory.Dispose();

    private static double Value(IReadOnlyList<KeyValuePair<string, MetricValue>> metrics, string key) => metrics.Single(m => m.Key == key).Value.Value;

    private static byte[] Npy(string header, byte[] data)
    {
        var text = Encoding.Latin1.GetBytes(header.PadRight(117) + "\n");
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, 0, 0, .. text, .. data];
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)text.Length);
        return file;
    }

    private string Write(string name, float[][] rows, string type, string extension)
    {
        var path = _directory.File(name + extension);
        float[] values = [.. rows.SelectMany(r => r)];
        if (extension == ".safetensors")
        {
            File.WriteAllBytes(path, SafetensorsFile.Write([new Float32Tensor("features", [rows.Length, rows[0].Length], values)]));
            return path;
        }

        var data = values.SelectMany(v => type == "<f4" ? BitConverter.GetBytes(v) : BitConverter.GetBytes((double)v)).ToArray();
        File.WriteAllBytes(path, Npy(string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows.Length}, {rows[0].Length}), }}"), data));
        return path;
    }
}
