using System.Text;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Graph;
using IMDD.Testing;

namespace IMDD.Inference.Tests;

/// <summary>Graphs whose weights lie in files beside them: the runtime opens what the graph names, so that must be what the manifest answers for.</summary>
public sealed class ExternalWeightsTests : IDisposable
{
    // As long as the names that take its place, which leaves every length in the file as it is.
    private const string Saved = "weight-of-graph";
    private const string Data = Saved + ".data";
    private static readonly SegmenterOptions OneThread = new() { Threads = 1 };
    private readonly BundleFolder _folder = new();
    private readonly TestDirectory _directory = new();

    public void Dispose()
    {
        _folder.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Create_WeightsThatTheManifestLists_AreUsed()
    {
        var (graph, data) = Save("model.onnx");
        Bundle(graph, "model.onnx.data", data);
        using RgbImage white = new(8, 8);
        white.Pixels.Fill(255);

        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);

        segmenter.Run([white]).Images[0].ImageScore.ShouldBe(1, 1e-5f);
    }

    [Theory]
    [InlineData("run/the-weights.data")]
    [InlineData("../outside/all2.data")]
    [InlineData("/tmp/any-weight.data")]
    [InlineData("./model.onnx.data///")]
    public void Create_WeightsElsewhere_AreNeverOpened(string location)
    {
        location.Length.ShouldBe(Data.Length);
        var (graph, data) = Save(Saved);
        Bundle(Renamed(graph, location), "model.onnx.data", data);
        if (location.StartsWith("run/", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(_folder.FileOf("run"));
            File.WriteAllBytes(_folder.FileOf(location), data);
        }

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message
            .ShouldContain($"does not load: it has weights in '{location}'");
    }

    [Fact]
    public void Create_WeightsInAListedFileOfAnotherName_AreRefusedByWhatIsExpected()
    {
        var (graph, data) = Save(Saved);
        Bundle(graph, Data, data);

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message.ShouldContain("expected them in itself, or in model.onnx.data");
    }

    [Fact]
    public void Of_EveryPrefixOfAGraph_IsReadOrRefusedAndNothingElse()
    {
        var (graph, _) = Save(Saved);
        ExternalWeights.Of(graph).ShouldBe([Data]);
        ExternalWeights.Of(TestModel.Graph(takesReference: false)).ShouldBeEmpty();

        for (var length = 0; length < graph.Length; length++)
        {
            try
            {
                ExternalWeights.Of(graph.AsSpan(0, length));
            }
            catch (InvalidDataException e)
            {
                e.Message.ShouldStartWith("it is no ONNX model");
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, "a part of 18446744073709551615 bytes lies in 0")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 }, "a number does not end")]
    [InlineData(new byte[] { 0x3b }, "wire type 3 is none of its")]
    [InlineData(new byte[] { 0xba, 0x80, 0x80, 0x80, 0x10, 0x00 }, "more bits than there are")]
    [InlineData(new byte[] { 0x3a, 0x06, 0xaa, 0x80, 0x80, 0x80, 0x10, 0x00 }, "more bits than there are")]
    public void Of_Malformed_SaysHow(byte[] bytes, string reason)
        => Should.Throw<InvalidDataException>(() => ExternalWeights.Of(bytes)).Message.ShouldContain(reason);

    [Fact]
    public void Of_NodeThatIsAnEngineInAFile_IsRefused()
        => Should.Throw<InvalidDataException>(() => ExternalWeights.Of(Field(7, Field(1, Field(4, "EPContext"u8.ToArray()))))).Message.ShouldContain("EPContext");

    [Fact]
    public void Of_AttributesWithinEachOtherWithoutEnd_IsRefusedAndNoOverflow()
    {
        // graph { node { attribute { g { node { attribute { … } } } } } }
        byte[] inner = [];
        for (var depth = 0; depth < 5000; depth++)
        {
            inner = Field(6, Field(1, Field(5, inner)));
            if (inner.Length > 1_000_000)
            {
                break;
            }
        }

        Should.Throw<InvalidDataException>(() => ExternalWeights.Of(Field(7, Field(1, Field(5, inner))))).Message.ShouldContain("deeper in each other");
    }

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [(byte)((number << 3) | 2)];
        for (var length = content.Length; ; length >>= 7)
        {
            bytes.Add((byte)(length < 0x80 ? length : (length & 0x7f) | 0x80));
            if (length < 0x80)
            {
                return [.. bytes, .. content];
            }
        }
    }

    private static byte[] Renamed(byte[] graph, string location)
    {
        var (from, to) = (Encoding.UTF8.GetBytes(Data), Encoding.UTF8.GetBytes(location));
        var renamed = graph.ToArray();
        for (var at = renamed.AsSpan().IndexOf(from); at >= 0; at = renamed.AsSpan().IndexOf(from))
        {
            to.CopyTo(renamed, at);
        }

        return renamed;
    }

    private (byte[] Graph, byte[] Data) Save(string name)
    {
        var files = TestModel.Builder(factors: 1024).ToModel(new OnnxModelInfo("test", "1", ""), OnnxOptimizations.None).Save(_directory.File(name), maxMessageBytes: 0);
        return (File.ReadAllBytes(files[0]), File.ReadAllBytes(files.Single(file => file.EndsWith(".data", StringComparison.Ordinal))));
    }

    private void Bundle(byte[] graph, string dataFile, byte[] data)
    {
        TestModel.Write(_folder);
        _folder.Replace(ModelBundle.ModelFile, graph);
        _folder.Add(dataFile, data);
    }
}
