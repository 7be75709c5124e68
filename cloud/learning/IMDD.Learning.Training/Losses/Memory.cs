using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Training.Losses;

/// <summary>
/// Holds a network to what the model it started from says, so that a few pictures of something new do not cost what was known (learning without
/// forgetting, Li and Hoiem 2016). Only where that model was right, as far as it is known, and nowhere on a class that it had no name for.
/// </summary>
internal sealed class Memory : IDisposable
{
    private const float Defective = 0.5f;
    private readonly EdgeModel _before;
    private readonly bool[] _known;
    private readonly Tensor _rows;
    private readonly Tensor _classOfRow;

    /// <summary>Copies the model.</summary>
    /// <param name="before">What the run starts from.</param>
    /// <param name="classes">All classes of the run, in the order of a batch's numbers.</param>
    public Memory(EdgeModel before, IReadOnlyList<TrainedClass> classes)
    {
        _before = before.Copy(before.Description);
        _before.Network.eval();
        _before.Text.eval();
        var known = before.Description.Classes.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        _known = [.. classes.Select(c => known.Contains(c.Id))];
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var numbers = classes.Select((c, i) => (c.Id, Number: i + 1L)).ToDictionary(c => c.Id, c => c.Number, StringComparer.Ordinal);
        _rows = _before.Rows().DetachFromDisposeScope();
        _classOfRow = tensor(before.Description.ListRows().Select(row => numbers.GetValueOrDefault(row.ClassId)).ToArray()).DetachFromDisposeScope();
    }

    /// <summary>
    /// How far the network has moved on a batch: cross entropy of the pixel probabilities, and one less the cosine of the embeddings of known defects that were
    /// found and got their name.
    /// A scalar.
    /// </summary>
    public Tensor Of(Tensor images, Tensor? references, EdgeFeatures now, Batch batch)
    {
        Tensor probability, embedding, said;
        using (no_grad())
        {
            var before = _before.Network.forward(images, references);
            (probability, embedding) = (before.Defect.sigmoid(), before.Embedding);
            said = _classOfRow.index_select(0, _before.Network.Naming.forward(embedding.permute(0, 2, 3, 1).flatten(0, 2), _rows).argmax(1));
        }

        long[] shape = [batch.Count, batch.Cells, batch.Cells];
        var target = tensor(batch.Targets, shape, device: images.device);
        var isNamed = tensor(Array.ConvertAll(batch.Classes, c => c != TrainingPicture.NoClass && _known[c - 1]), shape, device: images.device);
        var isMarked = tensor(batch.HasPixelTruth, [batch.Count, 1, 1], device: images.device);
        var right = probability.gt(Defective).eq(target.gt(Defective)).logical_and(isNamed.logical_or(target.eq(0))).logical_and(isMarked).to_type(ScalarType.Float32);
        var pixels = (functional.binary_cross_entropy_with_logits(now.Defect, probability, reduction: Reduction.None) * right).sum() / right.sum().clamp_min(1);
        var isNamedRight = said.view(shape).eq(tensor(Array.ConvertAll(batch.Classes, c => (long)c), shape, device: images.device));
        var named = isNamed.logical_and(isNamedRight).logical_and(probability.gt(Defective)).to_type(ScalarType.Float32);
        var turned = ((1 - functional.cosine_similarity(now.Embedding, embedding, 1)) * named).sum() / named.sum().clamp_min(1);
        return pixels + turned;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _classOfRow.Dispose();
        _before.Dispose();
    }
}
