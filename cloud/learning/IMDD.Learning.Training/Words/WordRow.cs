using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Words;

/// <summary>Makes the row of a word: of its texts alone, or a prototype with confirmed regions.</summary>
internal sealed class WordRow(EdgeModel model)
{
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
    public static float[] Prototype(float[] text, IReadOnlyList<float[]> regions)
    {
        var sum = (float[])text.Clone();
        foreach (var region in regions)
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += region[i];
            }
        }

        var length = Math.Sqrt(sum.Sum(value => (double)value * value));
        return Array.ConvertAll(sum, value => (float)(value / length));
    }

    /// <summary>Mean score of a row over a picture's defects of one class.</summary>
    public double Score(TrainingPicture picture, int classIndex, float[] row)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return model.Network.Naming.forward(Pixels(picture, classIndex)!, tensor(row, [1, row.Length])).sigmoid().mean().item<float>();
    }

    /// <summary>Unit embeddings <c>[N, D]</c>.</summary>
    private Tensor? Pixels(TrainingPicture picture, int classIndex)
    {
        var reference = model.Description.Network.UsesReference ? EdgeInput.From(picture.Reference ?? new byte[picture.Rgb.Length], picture.Width, picture.Height) : null;
        var embedding = model.Network.forward(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), reference).Embedding;
        var cells = DefectCells.Of(picture, model.Description.Network.OutputStride, (int)embedding.shape[3], classIndex);
        return cells.Length == 0 ? null : embedding.flatten(2).squeeze(0).t().index_select(0, tensor(cells));
    }
}
