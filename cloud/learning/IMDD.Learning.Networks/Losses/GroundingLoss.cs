using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>
/// How well each image's masks find the words of its own text and not of others. The reference's form (Xu et al. 2023): scaled cosines of masks and words,
/// weighted by their own softmax over the queries, averaged over the words, and a symmetric cross-entropy over the batch. The paper's form, as its
/// equations 13 and 14 print it: the softmax is over the words, the cosines are not scaled, and both cross-entropies are added.
/// </summary>
public static class GroundingLoss
{
    /// <summary>Similarity of every image and every text, [B, B].</summary>
    /// <param name="masks">Mask embeddings, [B, Q, D].</param>
    /// <param name="words">Word embeddings, [B, K, D].</param>
    /// <param name="scale">What the cosines are multiplied by.</param>
    public static Tensor Similarity(Tensor masks, Tensor words, Tensor scale)
    {
        using var scope = NewDisposeScope();
        var cosines = einsum("iqd,jkd->ijkq", nn.functional.normalize(masks, dim: -1), nn.functional.normalize(words, dim: -1));
        var scores = scale * cosines;
        return (scores.softmax(-1) * scores).sum(-1).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch in which image i belongs to text i.</summary>
    /// <param name="similarity">[B, B].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Of(Tensor similarity)
    {
        using var scope = NewDisposeScope();
        var own = arange(similarity.shape[0], dtype: int64, device: similarity.device);
        var images = nn.functional.cross_entropy(similarity, own);
        var texts = nn.functional.cross_entropy(similarity.t(), own);
        return ((images + texts) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch in which not every text has words.</summary>
    /// <param name="similarity">[B, B].</param>
    /// <param name="valid">1 for a text with words, 0 for one without, [B].</param>
    /// <returns>A scalar; 0 where no text has words.</returns>
    public static Tensor Of(Tensor similarity, Tensor valid)
    {
        using var scope = NewDisposeScope();
        var own = arange(similarity.shape[0], dtype: int64, device: similarity.device);
        var weights = valid.to(similarity.dtype);
        var images = nn.functional.cross_entropy(similarity, own, reduction: nn.Reduction.None);
        var texts = nn.functional.cross_entropy(similarity.t(), own, reduction: nn.Reduction.None);
        var weighted = (images * weights).sum() / weights.sum().clamp_min(1);
        return ((weighted + (texts * weights).mean()) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>Similarity as equation 13 of the paper prints it, [B, B]: each mask's softmax over the words of a text weights its cosines with them.</summary>
    /// <param name="masks">Mask embeddings, [B, Q, D].</param>
    /// <param name="words">Word embeddings, [B, K, D].</param>
    /// <param name="temperature">τ, a scalar.</param>
    public static Tensor PaperSimilarity(Tensor masks, Tensor words, Tensor temperature)
    {
        using var scope = NewDisposeScope();
        var cosines = einsum("iqd,jkd->ijqk", nn.functional.normalize(masks, dim: -1), nn.functional.normalize(words, dim: -1));
        return ((cosines / temperature).softmax(-1) * cosines).sum(2).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The loss as equation 14 of the paper prints it, with the second numerator's free index taken as the text's own image: both cross-entropies added, the
    /// temperature applied once more.
    /// </summary>
    /// <param name="similarity">[B, B].</param>
    /// <param name="temperature">τ, a scalar.</param>
    public static Tensor PaperOf(Tensor similarity, Tensor temperature)
    {
        using var scope = NewDisposeScope();
        return (2 * Of(similarity / temperature)).MoveToOuterDisposeScope();
    }

    /// <summary>The same of a batch in which not every text has words.</summary>
    /// <param name="similarity">[B, B].</param>
    /// <param name="temperature">τ, a scalar.</param>
    /// <param name="valid">1 for a text with words, 0 for one without, [B].</param>
    public static Tensor PaperOf(Tensor similarity, Tensor temperature, Tensor valid)
    {
        using var scope = NewDisposeScope();
        return (2 * Of(similarity / temperature, valid)).MoveToOuterDisposeScope();
    }
}
