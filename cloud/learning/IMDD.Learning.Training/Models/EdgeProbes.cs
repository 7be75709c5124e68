using IMDD.Imaging;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>What a network says of some pictures, to compare its export with.</summary>
internal static class EdgeProbes
{
    private const int MaxProbes = 3;
    private const int ProbeSide = 128;
    private const int NoiseSeed = 1;

    /// <summary>Records; at least one picture.</summary>
    public static List<(OnnxProbe Probe, RgbImage Image, RgbImage? Reference)> Record(
        EdgeSegmenter segmenter, Tensor rows, bool usesReference, IReadOnlyList<TrainingPicture> probes)
    {
        List<(OnnxProbe, RgbImage, RgbImage?)> recorded = [];
        foreach (var (image, reference) in Cut(probes))
        {
            List<(string, Tensor)> inputs = [("image", EdgeInput.Bytes(image)), ("text", rows)];
            if (usesReference)
            {
                inputs.Add(("reference", EdgeInput.Bytes(reference)));
            }

            var probe = TorchProbes.Record($"probe{recorded.Count}", inputs, EdgeSegmenter.OutputNames, tensors =>
            {
                var outputs = segmenter.forward(tensors[0], tensors[1], tensors.ElementAtOrDefault(2));
                return [outputs.Defect, outputs.Class, outputs.ClassScore, outputs.ClassMargin, outputs.ImageScore, outputs.Embedding];
            });
            recorded.Add((probe, image, usesReference ? reference : null));
        }

        return recorded;
    }

    /// <summary>The middle of some pictures, defective ones first; grey noise where there is none large enough.</summary>
    private static IEnumerable<(RgbImage Image, RgbImage Reference)> Cut(IReadOnlyList<TrainingPicture> pictures)
    {
        var fitting = pictures.Where(p => p.Width >= ProbeSide && p.Height >= ProbeSide)
            .OrderByDescending(p => p.IsDefective).ThenBy(p => p.Id, StringComparer.Ordinal).Take(MaxProbes).ToList();
        foreach (var picture in fitting)
        {
            yield return (Middle(picture.Rgb, picture.Width, picture.Height), Middle(KnownGoodView.Of(picture), picture.Width, picture.Height));
        }

        if (fitting.Count == 0)
        {
            RgbImage noise = new(ProbeSide, ProbeSide);
            new Random(NoiseSeed).NextBytes(noise.Pixels);
            yield return (noise, noise);
        }
    }

    private static RgbImage Middle(byte[] rgb, int width, int height)
    {
        RgbImage middle = new(ProbeSide, ProbeSide);
        var (left, top) = ((width - ProbeSide) / 2, (height - ProbeSide) / 2);
        for (var y = 0; y < ProbeSide; y++)
        {
            rgb.AsSpan(3 * ((top + y) * width + left), 3 * ProbeSide).CopyTo(middle.Pixels[(3 * y * ProbeSide)..]);
        }

        return middle;
    }
}
