using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Text;

/// <summary>
/// Makes rows of CLIP's frozen embeddings: through two linear layers, the second beside its input, brought to unit length. The two are trained and saved; CLIP is neither.
/// </summary>
public sealed class ClipRowEncoder : RowEncoder
{
    private readonly ClipTexts _texts;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private readonly Scalar _scale;
    private readonly TorchSharp.Modules.Linear _first;
    private readonly TorchSharp.Modules.Linear _second;

    /// <summary>Makes an encoder with random weights, drawn from torch's generator.</summary>
    /// <param name="texts">CLIP's embeddings.</param>
    /// <param name="embeddingLength">Length of a row.</param>
    public ClipRowEncoder(ClipTexts texts, int embeddingLength)
        : base(nameof(ClipRowEncoder))
    {
        _texts = texts;
        _scale = Math.Sqrt(texts.Reference.Length);
        _first = Linear(texts.Reference.Length, embeddingLength);
        _second = Linear(embeddingLength, embeddingLength);
        RegisterComponents();
    }

    /// <inheritdoc/>
    /// <exception cref="IMDD.Learning.Weights.WeightsException">A text is not known, and there is no CLIP.</exception>
    public override Tensor forward(IReadOnlyList<string> texts)
    {
        using var scope = NewDisposeScope();
        var length = _texts.Reference.Length;
        var values = new float[texts.Count * length];
        for (var index = 0; index < texts.Count; index++)
        {
            _texts.Of(texts[index]).CopyTo(values.AsSpan(index * length));
        }

        // Their length says nothing of their meaning. Values around one are what a linear layer starts best from.
        var embedding = functional.normalize(tensor(values, [texts.Count, length], device: _first.weight!.device), 2, 1) * _scale;
        var row = _first.forward(embedding);
        return functional.normalize(row.Plus(_second.forward(functional.relu(row))), 2, 1).MoveToOuterDisposeScope();
    }
}
