using IMDD.Inference.Regions;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Training.Losses;

/// <summary>What a batch's outputs are held against.</summary>
/// <param name="model">Gives the rows of words.</param>
/// <param name="words">Draws them.</param>
/// <param name="weights">Shares of the losses.</param>
/// <param name="classWeights">
/// By class, how much one of its crops counts for naming; null: all alike. A class that is drawn more often than others would take their names.
/// </param>
/// <param name="descriptions">Which of the classes are words for looks, not names.</param>
public sealed class EdgeLoss(EdgeModel model, WordSource words, EdgeLossWeights weights, IReadOnlyList<float>? classWeights = null, Range descriptions = default)
{
    // Far below any logit.
    private const float OutOfTheRunning = -1e4f;

    // A region says the same again and again: this many of a crop's pixels are compared with words.
    private const int MaxNamedPerCrop = 64;

    // A line one pixel thin fills a quarter of the cells it crosses, which is half a truth (CropCutter), and less at its ends.
    internal const float DefectiveCell = 0.2f;
    private const double WordScale = 10;

    /// <summary>The losses of a batch.</summary>
    /// <param name="features">Outputs for its pictures.</param>
    /// <param name="batch">The truth.</param>
    /// <param name="step">Which words take part is drawn by it.</param>
    public EdgeLosses Of(EdgeFeatures features, Batch batch, long step)
    {
        var device = features.Defect.device;
        var target = tensor(batch.Targets, [batch.Count, batch.Cells, batch.Cells], device: device);
        var unmarked = tensor(Array.ConvertAll(batch.HasPixelTruth, has => !has), device: device);
        var known = tensor(Array.ConvertAll(batch.HasPixelTruth, has => has ? 1f : 0f), [batch.Count, 1, 1], device: device);
        var ofKnown = (double)batch.Count / Math.Max(1, batch.HasPixelTruth.Count(has => has));
        var pixels = Pixels(features.Defect, target, known, ofKnown, weights);
        var image = functional.binary_cross_entropy_with_logits(PeakMean.Of(features.Defect), target.amax([1, 2]).gt(DefectiveCell).logical_or(unmarked).to_type(ScalarType.Float32));
        var drawn = words.Draw(step);
        var rows = model.Text.forward(drawn.Texts);
        var naming = Naming(features, batch, rows.slice(0, 0, drawn.Rows, 1));
        var meaning = Meaning(rows, drawn);
        var total = pixels + image * weights.Image + naming + meaning * weights.Words;
        return new EdgeLosses(total, pixels, image, naming, meaning);
    }

    /// <summary>Cross entropy and overlap of logits <c>[B, h, w]</c> with what they should be, where that is known.</summary>
    /// <param name="logits">Of pixels.</param>
    /// <param name="target">Shares of the cells that are defective, the same shape.</param>
    /// <param name="known">1 where the target is known and 0 elsewhere, broadcastable.</param>
    /// <param name="ofKnown">All over those that are known.</param>
    /// <param name="weights">Of the parts.</param>
    internal static Tensor Pixels(Tensor logits, Tensor target, Tensor known, double ofKnown, EdgeLossWeights weights)
    {
        var entropy = functional.binary_cross_entropy_with_logits(logits, target, known, pos_weights: tensor((float)weights.Positive, device: logits.device)) * ofKnown;
        var probability = logits.sigmoid() * known;
        var (shared, said, meant) = ((probability * target).sum([1, 2]), probability.sum([1, 2]), target.sum([1, 2]));
        var overlap = 1 - (2 * shared.sum() + 1) / (said.sum() + meant.sum() + 1);
        var defective = meant.gt(0).to_type(ScalarType.Float32);
        var cropOverlap = ((1 - (2 * shared + 1) / (said + meant + 1)) * defective).sum() / defective.sum().clamp_min(1);
        return entropy + overlap * weights.Overlap + cropOverlap * weights.CropOverlap;
    }

    private Tensor Naming(EdgeFeatures features, Batch batch, Tensor rows)
    {
        var embedding = features.Embedding;
        var (cells, classes, shares) = Named(batch, features.Defect);
        if (cells.Length == 0)
        {
            return zeros(1, device: embedding.device).sum();
        }

        var pixels = embedding.permute(0, 2, 3, 1).flatten(0, 2).index_select(0, tensor(cells, device: embedding.device));
        var share = tensor(shares, device: embedding.device);
        var truth = tensor(classes, device: embedding.device);
        var logits = model.Network.Naming.forward(pixels, rows);
        var named = NamesAlone(logits, classes);
        var against = (functional.cross_entropy(named, truth, reduction: Reduction.None) * share).sum();
        var fits = functional.one_hot(truth, rows.shape[0]).to_type(ScalarType.Float32);

        // The one that fits weighs as much as all that do not: else the rows' number would decide what a score means. A row out of the running costs nothing.
        var each = functional.binary_cross_entropy_with_logits(named, fits, reduction: Reduction.None);
        var fit = (((each * fits).sum(1) + (each * (1 - fits)).sum(1) * (1.0 / Math.Max(1, rows.shape[0] - 1))) * share).sum();
        return against * weights.Naming + fit * weights.RowFit;
    }

    /// <summary>
    /// A scratch is a straight sunken line too: what has a name is held against names, not against words for its looks, neither for the best nor for what does
    /// not fit. Looks are held against all, so that what is only looked at is taken for nothing that has a name.
    /// </summary>
    private Tensor NamesAlone(Tensor logits, long[] classes)
    {
        var (first, count) = descriptions.GetOffsetAndLength((int)logits.shape[1]);
        if (count == 0)
        {
            return logits;
        }

        var rows = (int)logits.shape[1];
        var mask = new float[classes.Length * rows];
        for (var i = 0; i < classes.Length; i++)
        {
            if (classes[i] < first)
            {
                mask.AsSpan(i * rows + first, count).Fill(OutOfTheRunning);
            }
        }

        return logits + tensor(mask, [classes.Length, rows], device: logits.device);
    }

    /// <summary>
    /// Some cells of each crop that have a class, each crop with the same weight. Where a defect of one class is not marked, those around the peak have it
    /// (multiple instance learning; Dietterich et al. 1997).
    /// </summary>
    private (long[] Cells, long[] Classes, float[] Shares) Named(Batch batch, Tensor defect)
    {
        List<long> cells = [], classes = [];
        List<int> perCrop = [];
        var size = batch.Cells * batch.Cells;
        List<long> named = [];
        for (var crop = 0; crop < batch.Count; crop++)
        {
            var whole = batch.WholeClasses[crop];
            named.Clear();
            if (whole != TrainingPicture.NoClass)
            {
                named.AddRange(Peak(defect[crop]).Select(cell => crop * (long)size + cell));
            }
            else
            {
                for (var cell = crop * size; cell < (crop + 1) * size; cell++)
                {
                    if (batch.Classes[cell] != TrainingPicture.NoClass)
                    {
                        named.Add(cell);
                    }
                }
            }

            var kept = Math.Min(named.Count, MaxNamedPerCrop);
            for (var i = 0; i < kept; i++)
            {
                var cell = named[(int)((long)i * named.Count / kept)];
                cells.Add(cell);
                classes.Add((whole != TrainingPicture.NoClass ? whole : batch.Classes[cell]) - 1);
            }

            perCrop.Add(kept);
        }

        var crops = perCrop.Count(n => n > 0);
        float[] shares = [.. perCrop.SelectMany(n => Enumerable.Repeat(1f / (n * crops), n))];
        if (classWeights is not null)
        {
            for (var i = 0; i < shares.Length; i++)
            {
                shares[i] *= classWeights[(int)classes[i]];
            }
        }

        return ([.. cells], [.. classes], shares);
    }

    /// <summary>The surest cells of a map <c>[h, w]</c> where it is at least half as sure as at its peak, and not fewer than make its score.</summary>
    private static IEnumerable<long> Peak(Tensor map)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (logits, cells) = map.flatten().topk((int)Math.Min(MaxNamedPerCrop, map.numel()), 0);
        var probabilities = logits.sigmoid().cpu().data<float>().ToArray();
        var least = PeakMean.Count(map.shape[0], map.shape[1]);
        return cells.cpu().data<long>().ToArray().Where((_, i) => i < least || probabilities[i] >= RegionExtractor.PeakShare * probabilities[0]);
    }

    /// <summary>Each pair of texts of one meaning against the others (van den Oord et al. 2018).</summary>
    private static Tensor Meaning(Tensor rows, DrawnWords drawn)
    {
        var first = rows.slice(0, drawn.Rows, drawn.Rows + drawn.Pairs, 1);
        var second = rows.slice(0, drawn.Rows + drawn.Pairs, drawn.Rows + 2 * drawn.Pairs, 1);
        var logits = matmul(first, second.t()) * WordScale;
        return functional.cross_entropy(logits, arange(drawn.Pairs, device: rows.device));
    }
}
