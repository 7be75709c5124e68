using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Words;

/// <summary>Makes the row of a word: of its texts alone, or a prototype with confirmed regions.</summary>
internal sealed class WordRow(EdgeModel model)
{
    // A defect says the same again and again.
    private const int MaxCells = 64;

    /// <summary>
    /// A class whose row is made of the words of its texts that the model has seen; as it is where it has seen none of them, or where that was not kept.
    /// </summary>
    /// <returns>The class, and whether any of its words was seen.</returns>
    public (TrainedClass Named, bool IsSeen) Grounded(TrainedClass named)
    {
        if (model.Description.SeenWords is not { } words)
        {
            return (named, true);
        }

        SeenWords seen = new(words);
        List<string> texts = [.. named.Synonyms.Prepend(named.Name).Select(seen.Of).OfType<string>().Distinct(StringComparer.Ordinal)];
        return (texts.Count > 0 ? named with { RowTexts = texts } : named, texts.Count > 0);
    }

    /// <summary>The unit row of a class's words.</summary>
    public float[] OfText(TrainedClass named)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return model.RowsOf([named]).data<float>().ToArray();
    }

    /// <summary>The normalised mean of the pixels' embeddings in a picture's defects of one class; null where no cell is defective.</summary>
    public float[]? OfRegion(TrainingPicture picture, int classIndex)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Pixels(picture, classIndex) is { } pixels ? nn.functional.normalize(pixels.mean([0]), 2, 0).data<float>().ToArray() : null;
    }

    /// <summary>
    /// The normalised mean of the name's embedding and the regions' (a prototype as of Snell et al. 2017). The name counts as one of them: with five
    /// regions it is a sixth of the row, so that it leads where regions are few and what was seen leads where they are many.
    /// </summary>
    /// <param name="text">The name's; null where nothing of it was seen.</param>
    /// <param name="regions">The regions', at least one.</param>
    public static float[] Prototype(float[]? text, IReadOnlyList<float[]> regions)
    {
        var sum = new float[regions[0].Length];
        foreach (var region in text is null ? regions : regions.Prepend(text))
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += region[i];
            }
        }

        var length = Math.Sqrt(sum.Sum(value => (double)value * value));
        return Array.ConvertAll(sum, value => (float)(value / length));
    }

    /// <summary>A picture's defects, class by class, beside the rows that the model has.</summary>
    /// <param name="picture">With its truth.</param>
    /// <param name="rows">Those of the model.</param>
    /// <param name="onlyFound">True: only cells that the network calls defective. Nobody names the others.</param>
    public IReadOnlyList<DefectEmbeddings> Defects(TrainingPicture picture, Tensor rows, bool onlyFound)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var features = Look(picture);
        var found = onlyFound ? Found(features.Defect) : null;
        List<DefectEmbeddings> defects = [];
        foreach (var index in picture.ClassIndices)
        {
            long[] cells = [.. CellsOf(picture, features, index).Where(cell => found is null || found[cell])];
            if (cells.Length > 0)
            {
                var some = At(features, Thin(cells));
                var (best, row) = model.Network.Naming.forward(some, rows).max(1);
                defects.Add(new DefectEmbeddings(
                    index,
                    [.. some.contiguous().data<float>().ToArray().Chunk((int)some.shape[1])],
                    [.. row.data<long>().ToArray().Select(r => (int)r)],
                    [.. best.data<float>().ToArray().Select(value => (double)value)]));
            }
        }

        return defects;
    }

    /// <summary>What the words say, as if it had been seen.</summary>
    /// <param name="words">Their unit row.</param>
    /// <param name="rows">Those of the model.</param>
    /// <param name="classIndex">Of the class that they name.</param>
    public DefectEmbeddings AsSeen(float[] words, Tensor rows, int classIndex)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (best, row) = model.Network.Naming.forward(tensor(words, [1, words.Length]), rows).max(1);
        return new DefectEmbeddings(classIndex, [words], [(int)row.item<long>()], [best.item<float>()]);
    }

    /// <summary>Which cells the network calls defective.</summary>
    private bool[] Found(Tensor logits)
    {
        var calibration = model.Description.Calibration;
        return Array.ConvertAll(
            logits.contiguous().data<float>().ToArray(),
            logit => Platt.Probability(logit, calibration.DefectScale, calibration.DefectOffset) >= calibration.PixelThreshold);
    }

    /// <summary>Some of them, evenly.</summary>
    private static long[] Thin(long[] cells)
    {
        var kept = Math.Min(MaxCells, cells.Length);
        return [.. Enumerable.Range(0, kept).Select(i => cells[(long)i * cells.Length / kept])];
    }

    /// <summary>Mean score of a row over a picture's defects of one class.</summary>
    public double Score(TrainingPicture picture, int classIndex, float[] row)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return model.Network.Naming.forward(Pixels(picture, classIndex)!, tensor(row, [1, row.Length])).sigmoid().mean().item<float>();
    }

    /// <summary>Unit embeddings <c>[N, D]</c> of a picture's defects of one class; null where it has none.</summary>
    private Tensor? Pixels(TrainingPicture picture, int classIndex)
    {
        var features = Look(picture);
        return CellsOf(picture, features, classIndex) is { Length: > 0 } cells ? At(features, cells) : null;
    }

    private EdgeFeatures Look(TrainingPicture picture)
        => model.Network.forward(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), PictureScorer.ReferenceOf(model, picture));

    private long[] CellsOf(TrainingPicture picture, EdgeFeatures features, int classIndex)
        => DefectCells.Of(picture, model.Description.Network.OutputStride, (int)features.Embedding.shape[3], classIndex);

    private static Tensor At(EdgeFeatures features, long[] cells) => features.Embedding.flatten(2).squeeze(0).t().index_select(0, tensor(cells));
}
