using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Text;

/// <summary>
/// Makes rows of letters: the mean of the embeddings of a text's words and letter runs, through two linear layers, brought to unit length.
/// </summary>
public sealed class TextEncoder : RowEncoder
{
    private const int Hidden = 128;
    private const double StartDeviation = 0.3;

    private readonly TorchSharp.Modules.EmbeddingBag _letters;
    private readonly TorchSharp.Modules.Linear _first;
    private readonly TorchSharp.Modules.Linear _second;

    /// <summary>Makes an encoder with random weights, drawn from torch's generator.</summary>
    public TextEncoder(int embeddingLength)
        : base(nameof(TextEncoder))
    {
        EmbeddingLength = embeddingLength;
        _letters = EmbeddingBag(TextHash.Buckets, embeddingLength, mode: TorchSharp.EmbeddingBagMode.Mean);
        _first = Linear(embeddingLength, Hidden);
        _second = Linear(Hidden, embeddingLength);
        RegisterComponents();
        init.normal_(_letters.weight!, 0, StartDeviation);
    }

    /// <summary>Length of a row.</summary>
    public int EmbeddingLength { get; }

    /// <inheritdoc/>
    public override Tensor forward(IReadOnlyList<string> texts)
    {
        using var scope = NewDisposeScope();
        List<long> numbers = [], starts = [];
        foreach (var text in texts)
        {
            starts.Add(numbers.Count);
            numbers.AddRange(TextHash.Of(text));
        }

        var device = _first.weight!.device;
        var bag = _letters.forward(tensor(numbers, device: device), tensor(starts, device: device), null);
        var row = bag.Plus(_second.forward(functional.relu(_first.forward(bag))));
        return functional.normalize(row, 2, 1).MoveToOuterDisposeScope();
    }
}
