using System.Globalization;
using System.Text.Json;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Training;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>
/// Measures an edge network, with weights drawn from a seed: a frame in ONNX Runtime in 32 and 8 bits and in libtorch, and a training step with and
/// without modules. Its times depend on the arithmetic, not on what the weights are; accuracy is not looked at.
/// </summary>
internal sealed class SegmenterBench : IDisposable
{
    /// <summary>Crops of a training step.</summary>
    public const int StepCrops = 16;

    /// <summary>Side of a crop, pixels.</summary>
    public const int CropSide = 128;

    private const int Seed = 1;
    private const int Rows = 12;
    private const int RunsOfTurn = 7;
    private const float MostDifference = 1e-4f;
    private const double DrawnDeviation = 0.1;

    private readonly SegmenterBenchOptions _options;
    private readonly EdgeNetwork _network;
    private readonly Tensor _frame;
    private readonly Tensor _rows;
    private readonly Tensor _crops;

    public SegmenterBench(SegmenterBenchOptions options)
    {
        set_num_threads(options.Threads);
        manual_seed(Seed);
        _options = options;
        _network = new EdgeNetwork(new EdgeNetworkOptions { Size = options.Size, Attention = true });

        // Blocks begin as the identity: left so, the bare operations could leave them out and nobody would see it.
        foreach (var parameter in _network.parameters())
        {
            using var scope = NewDisposeScope();
            if (parameter.count_nonzero().item<long>() == 0)
            {
                nn.init.normal_(parameter, 0, DrawnDeviation);
            }
        }

        _frame = randint(0, 256, [1, options.Side, options.Side, 3], dtype: uint8);
        _rows = nn.functional.normalize(randn(Rows, _network.Options.EmbeddingLength), dim: 1);
        _crops = rand(StepCrops, 3, CropSide, CropSide);
    }

    /// <summary>Everything.</summary>
    public SegmenterBenchResult Run()
    {
        var (step, bare) = Steps();
        var (fp32, int8, eager) = Frames();
        return new SegmenterBenchResult
        {
            Size = _options.Size.ToString().ToLowerInvariant(),
            Side = _options.Side,
            Threads = _options.Threads,
            Parameters = _network.parameters().Sum(parameter => parameter.numel()),
            Fp32P50Ms = Median(fp32).Clock.TotalMilliseconds,
            Fp32LeastMs = fp32.Min(time => time.Clock).TotalMilliseconds,
            Int8P50Ms = Median(int8).Clock.TotalMilliseconds,
            Int8LeastMs = int8.Min(time => time.Clock).TotalMilliseconds,
            Int8ToFp32 = TimeRatio.Of(Median(int8), Median(fp32)),
            EagerP50Ms = Median(eager).Clock.TotalMilliseconds,
            EagerToFp32 = TimeRatio.Of(Median(eager), Median(fp32)),
            StepMs = Median(step).Clock.TotalMilliseconds,
            BareStepMs = Median(bare).Clock.TotalMilliseconds,
            StepToBare = TimeRatio.Of(Median(step), Median(bare)),
            Python = PythonStep.Measure(_options.Python, "segmenter_step.py", [Plan(), .. new[] { StepCrops, CropSide, _options.Runs, _options.Threads }.Select(Text)]),
        };
    }

    public void Dispose()
    {
        _network.Dispose();
        _frame.Dispose();
        _rows.Dispose();
        _crops.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Spent Median(IReadOnlyList<Spent> times) => Spent.MedianOf(times);

    private string Plan()
    {
        var plan = EdgePlan.Of(_options.Size);
        return JsonSerializer.Serialize(
            new { plan.Widths, plan.Blocks, plan.DecoderWidths, plan.AttentionWidth, _network.Options.OutputStride, _network.Options.EmbeddingLength }, JsonSerializerOptions.Web);
    }

    private (IReadOnlyList<Spent> Step, IReadOnlyList<Spent> Bare) Steps()
    {
        _network.train();
        var tensors = _network.state_dict();
        using (NewDisposeScope())
        using (no_grad())
        {
            var difference = (BareSegmenter.Predict(tensors, _crops).Defect - _network.forward(_crops, null).Defect).abs().max().item<float>();
            if (!(difference <= MostDifference))
            {
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The bare operations are off by {difference}: they are not the network's."));
            }
        }

        var times = Turns.Take(_options.Runs, [() => Step(() => _network.forward(_crops, null)), () => Step(() => BareSegmenter.Predict(tensors, _crops))]);
        return (times[0], times[1]);
    }

    private void Step(Func<EdgeFeatures> predict)
    {
        using var scope = NewDisposeScope();
        _network.zero_grad();
        var features = predict();
        (features.Defect.square().mean() + features.Embedding.sum(1).square().mean() + features.Frame.square().mean()).backward();
    }

    private (IReadOnlyList<Spent> Fp32, IReadOnlyList<Spent> Int8, IReadOnlyList<Spent> Eager) Frames()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        EdgeSegmenter segmenter = new(_network, new OutputCalibration(1, 0, 1, 0));
        segmenter.eval();
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames, new TorchExportOptions { Name = "edge" });
        Dictionary<string, OnnxTensor> inputs = new(StringComparer.Ordinal)
        {
            ["image"] = OnnxTensor.FromBytes(OnnxElementType.UInt8, _frame.shape, _frame.bytes.ToArray()),
            ["text"] = OnnxTensor.FromBytes(OnnxElementType.Float, _rows.shape, _rows.bytes.ToArray()),
        };
        OnnxRunnerOptions options = new() { Threads = _options.Threads };
        using OnnxRunner fp32 = new(model, options);
        using OnnxRunner int8 = new(Int8Quantization.Quantize(model, () => [inputs]).Model, options);
        var times = Turns.Take(Math.Max(1, _options.Runs / RunsOfTurn), [() => fp32.Run(inputs), () => int8.Run(inputs), Eager], RunsOfTurn);
        return (times[0], times[1], times[2]);

        void Eager()
        {
            using var frame = NewDisposeScope();
            segmenter.forward(_frame, _rows, null);
        }
    }
}
