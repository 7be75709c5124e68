using IMDD.Contracts.Identity;

namespace IMDD.Learning.Networks.Text;

/// <summary>Which CLIP an encoder of rows was trained on. Another one means something else by the same numbers.</summary>
/// <param name="Weights"><c>sha256:</c> digest of its weights' file; of its parts one after the other where it is cut into such.</param>
/// <param name="Configuration"><c>sha256:</c> digest of its <c>config.json</c>.</param>
/// <param name="Tokenizer"><c>sha256:</c> digest of <c>vocab.json</c> and <c>merges.txt</c>, one after the other.</param>
/// <param name="Length">Length of its embeddings.</param>
public sealed record ClipReference(string Weights, string Configuration, string Tokenizer, int Length)
{
    private const int MaxLength = 1 << 16;

    /// <exception cref="ArgumentException">The length is none, or a digest is none; the message names it.</exception>
    public void Validate()
    {
        if (Length is < 1 or > MaxLength)
        {
            throw new ArgumentException($"CLIP's embeddings have length {Length}: expected 1 to {MaxLength}.");
        }

        foreach (var (name, digest) in new[] { (nameof(Weights), Weights), (nameof(Configuration), Configuration), (nameof(Tokenizer), Tokenizer) })
        {
            if (!ContentDigest.IsValid(digest))
            {
                throw new ArgumentException($"CLIP's {name} is '{digest}': expected {ContentDigest.Prefix} and 64 lower-case hex digits.");
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"CLIP with weights {Weights}, configuration {Configuration} and tokenizer {Tokenizer}";
}
