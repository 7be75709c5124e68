using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>
/// How well each image's masks find the words of its own text and not of others (ODISE's form): scaled cosines of masks and words, weighted by their own
/// softmax over the queries, averaged over the words, and a symmetric cross-entropy over the batch.
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
}
