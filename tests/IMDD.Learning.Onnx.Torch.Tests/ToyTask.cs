using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>A segmenter trained for a few seconds on seeded surfaces, and what is asked of it.</summary>
public sealed class ToyTask : IDisposable
{
    private const int Width = 12;
    private const int Steps = 200;
    private const int BatchSize = 8;
    private const int HeldOut = 1_000_000;
    private const int HeldOutPictures = 40;
    private const float Threshold = 0.5f;

    public ToyTask()
    {
        // Threads of a busy machine wait for each other longer than they compute.
        set_num_threads(1);
        random.manual_seed(3);
        Network = new ToySegmenter(Width);
        Train();
        Network.eval();
        Model = TorchOnnxExporter.Export(Network, [TorchParity.B, 3, OnnxDimension.Symbolic("H", 8), OnnxDimension.Symbolic("W", 8)]);
    }

    /// <summary>The model in 32-bit floats.</summary>
    public OnnxModel Model { get; }

    /// <summary>Sixteen pictures, each a batch of its own.</summary>
    public static CalibrationReader Calibration { get; } = () => Enumerable.Range(500_000, 16).Select(Input);

    internal ToySegmenter Network { get; }

    public void Dispose() => Network.Dispose();

    internal static IReadOnlyDictionary<string, OnnxTensor> Input(int seed)
        => new Dictionary<string, OnnxTensor>(StringComparer.Ordinal)
        {
            ["x"] = OnnxTensor.Of<float>(ToySurfaces.Draw(seed).Image, 1, 3, ToySurfaces.Side, ToySurfaces.Side),
        };

    internal static TaskScores Score(OnnxRunner runner)
    {
        PixelScores pixels = new();
        SegmentationScores masks = new(Threshold);
        for (var seed = HeldOut; seed < HeldOut + HeldOutPictures; seed++)
        {
            var scores = runner.Run(Input(seed))["y"].ToSingles();
            var mask = ToySurfaces.Draw(seed).Mask;
            pixels.Add(scores, mask, ToySurfaces.MaskSide, ToySurfaces.MaskSide);
            masks.Add(scores, mask);
        }

        return new TaskScores(pixels.Aupro(0.3).Value, masks.Pooled.Iou.Value);
    }

    private void Train()
    {
        using var optimizer = optim.AdamW(Network.parameters(), 3e-3);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var batch = Enumerable.Range(step * BatchSize, BatchSize).Select(ToySurfaces.Draw).ToList();
            var images = tensor(batch.SelectMany(sample => sample.Image).ToArray(), [BatchSize, 3, ToySurfaces.Side, ToySurfaces.Side]);
            var masks = tensor(batch.SelectMany(sample => sample.Mask.Select(defect => defect ? 1f : 0)).ToArray(), [BatchSize, 1, ToySurfaces.MaskSide, ToySurfaces.MaskSide]);
            optimizer.zero_grad();
            nn.functional.binary_cross_entropy(Network.call(images), masks).backward();
            optimizer.step();
        }
    }
}
