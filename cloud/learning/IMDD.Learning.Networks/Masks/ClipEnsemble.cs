using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>
/// The mask generator's own naming, held together with CLIP's of the same masks by a geometric mean (Xu et al. 2023, section 3.5): CLIP knows more words,
/// the generator the plant's.
/// </summary>
/// <param name="Seen">CLIP's share for names that training had.</param>
/// <param name="Novel">CLIP's share for names that it had not.</param>
public sealed record ClipEnsemble(double Seen = 0.3, double Novel = 0.7)
{
    /// <summary>Probabilities of names and "no object" together one, [B, Q, K + 1]. "No object" is the generator's alone: CLIP has none.</summary>
    /// <param name="logits">The generator's, "no object" last, [B, Q, K + 1].</param>
    /// <param name="clip">CLIP's scaled cosines of masks and names, [B, Q, K].</param>
    /// <param name="seen">For each name, whether training had it.</param>
    public Tensor Combine(Tensor logits, Tensor clip, IReadOnlyList<bool> seen)
    {
        if (seen.Count != clip.shape[2] || logits.shape[2] != clip.shape[2] + 1)
        {
            throw new ArgumentException($"{seen.Count} names and {logits.shape[2]} logits; expected {clip.shape[2]}, and one more.", nameof(seen));
        }

        if (Seen is not (>= 0 and <= 1) || Novel is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"{this}: shares; expected 0 to 1.");
        }

        using var scope = NewDisposeScope();
        var none = logits.softmax(-1).narrow(2, seen.Count, 1);
        var share = tensor(seen.Select(known => known ? Seen : Novel).ToArray(), logits.dtype, logits.device);
        var own = logits.narrow(2, 0, seen.Count).log_softmax(-1);
        var mixed = (((1 - share) * own) + (share * clip.log_softmax(-1))).softmax(-1);
        return cat([mixed * (1 - none), none], 2).MoveToOuterDisposeScope();
    }
}
