using IMDD.Imaging;
using IMDD.Inference.Regions;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>Runs a model over whole pictures and sets its outputs beside their truth.</summary>
internal sealed class PictureScorer
{
    private readonly EdgeModel _model;

    public PictureScorer(EdgeModel model)
    {
        _model = model;
        model.Network.eval();
        model.Text.eval();
    }

    /// <summary>The scores of pictures, one after the other.</summary>
    public IReadOnlyList<PictureScores> Score(IReadOnlyList<TrainingPicture> pictures)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var rows = _model.Rows();
        return [.. pictures.Select(p => Score(p, rows))];
    }

    /// <summary>A picture's known-good view as a network takes it; null where it takes none.</summary>
    public static Tensor? ReferenceOf(EdgeModel model, TrainingPicture picture) => model.Description.Network.UsesReference
        ? EdgeInput.From(KnownGoodView.Of(picture), picture.Width, picture.Height)
        : null;

    /// <summary>The values of a map <c>[1, h, w]</c> that belong to the picture and not to its padding, row-major, and how many are in a row.</summary>
    public static (float[] Values, int Columns) Cells(Tensor map, TrainingPicture picture, int stride)
    {
        int width = EdgePadding.RoundUp(picture.Width, stride) / stride, height = EdgePadding.RoundUp(picture.Height, stride) / stride;
        var columns = (int)map.shape[2];
        var plane = map.contiguous().data<float>().ToArray();
        var values = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            plane.AsSpan(y * columns, width).CopyTo(values.AsSpan(y * width));
        }

        return (values, width);
    }

    private PictureScores Score(TrainingPicture picture, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var features = _model.Network.forward(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), ReferenceOf(_model, picture));
        var stride = _model.Description.Network.OutputStride;
        var columns = (int)features.Defect.shape[2];
        var (logits, width) = Cells(features.Defect, picture, stride);
        var height = logits.Length / width;
        var pooled = PeakMean.Of(features.Defect).item<float>();
        if (!picture.HasPixelTruth)
        {
            var only = picture.WholeClass - 1;
            var (peak, peakScore) = only >= 0 ? Name(features.Embedding, rows, Peak(logits, width), width, columns, only) : (-1, null);
            return new PictureScores([], 0, [], pooled, picture.IsDefective, only, peak, peakScore);
        }

        var labels = Labels(picture, stride, width, height);
        var truth = picture.ClassIndices.Count == 1 ? picture.ClassIndices[0] : -1;
        var (named, score) = picture.IsDefective ? Name(features.Embedding, rows, labels, width, columns, truth) : (-1, null);
        return new PictureScores(logits, width, labels, pooled, picture.IsDefective, truth, named, score);
    }

    /// <summary>Where a defect that is not marked is taken to be: wherever the map is at least half as sure as at its peak, and the cells that make the score.</summary>
    private static bool[] Peak(float[] logits, int width)
    {
        var ranked = logits.OrderDescending().ToArray();
        var least = ranked[Math.Min(ranked.Length, (int)PeakMean.Count(logits.Length / width, width)) - 1];
        var region = RegionExtractor.PeakShare * Platt.Probability(ranked[0]);
        return Array.ConvertAll(logits, logit => logit >= least || Platt.Probability(logit) >= region);
    }

    private (int Named, double? RowScore) Name(Tensor embedding, Tensor rows, bool[] labels, int width, int columns, int truth)
    {
        var cells = labels.Select((label, i) => (label, i)).Where(c => c.label).Select(c => (long)(c.i / width * columns + c.i % width)).ToArray();
        if (cells.Length == 0)
        {
            return (-1, null);
        }

        var pixels = embedding.flatten(2).squeeze(0).t().index_select(0, tensor(cells));
        var scores = _model.Network.Naming.forward(pixels, rows).sigmoid();
        var (best, row) = scores.max(1);
        var values = best.data<float>().ToArray();
        var winners = row.data<long>().ToArray();
        var sums = new double[rows.shape[0]];
        var counts = new int[rows.shape[0]];
        for (var i = 0; i < values.Length; i++)
        {
            sums[winners[i]] += values[i];
            counts[winners[i]]++;
        }

        return (Array.IndexOf(sums, sums.Max()), truth >= 0 && truth < counts.Length && counts[truth] > 0 ? sums[truth] / counts[truth] : null);
    }

    private static bool[] Labels(TrainingPicture picture, int stride, int width, int height)
    {
        var labels = new bool[width * height];
        if (picture.Mask is not { } mask)
        {
            return labels;
        }

        var counts = new int[labels.Length];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                counts[y / stride * width + x / stride] += mask[y * picture.Width + x] != 0 ? 1 : 0;
            }
        }

        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = 4 * counts[i] >= stride * stride;
        }

        return labels;
    }
}
