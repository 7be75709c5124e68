using IMDD.Learning.Onnx.Graph;
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
    /// <summary>What the names of its nodes begin with in a graph: probabilities near 0 are none in 16 bits.</summary>
    public const string GraphScope = "clip_ensemble";

    // Far below every probability that decides something; its logarithm is a number.
    private const double LeastProbability = 1e-12;

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
        return Combine(logits, clip, tensor(seen.Select(ShareOf).ToArray(), logits.dtype, logits.device)).MoveToOuterDisposeScope();
    }

    /// <summary>CLIP's share for a name.</summary>
    /// <param name="seen">Whether training had it.</param>
    public double ShareOf(bool seen) => seen ? Seen : Novel;

    /// <summary>The same with a share for each name.</summary>
    /// <param name="logits">The generator's, "no object" last, [B, Q, K + 1].</param>
    /// <param name="clip">CLIP's scaled cosines of masks and names, [B, Q, K].</param>
    /// <param name="share">CLIP's, 0 to 1, [K].</param>
    public static Tensor Combine(Tensor logits, Tensor clip, Tensor share)
    {
        using var scope = NewDisposeScope();
        var names = clip.shape[2];
        var none = logits.softmax(-1).narrow(2, names, 1);
        var own = logits.narrow(2, 0, names).log_softmax(-1);
        var mixed = (((1 - share) * own) + (share * clip.log_softmax(-1))).softmax(-1);
        return cat([mixed * (1 - none), none], 2).MoveToOuterDisposeScope();
    }

    /// <summary>Logits that say the probabilities of <see cref="Combine(Tensor, Tensor, Tensor)"/>.</summary>
    public static Tensor Logits(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        return probabilities.clamp_min(LeastProbability).log().MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph the logits of what <see cref="Combine(Tensor, Tensor, Tensor)"/> computes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="rows">The generator's logits of names, [B, Q, K].</param>
    /// <param name="none">And of "no object", [B, Q, 1].</param>
    /// <param name="clip">CLIP's, [B, Q, K].</param>
    /// <param name="share">CLIP's, [1, K].</param>
    internal static (OnnxValue Rows, OnnxValue NoObject) Export(OnnxGraphBuilder graph, OnnxValue rows, OnnxValue none, OnnxValue clip, OnnxValue share)
    {
        using var named = graph.Scope(GraphScope);
        var one = graph.Scalar(1);
        var noObject = graph.Slice(graph.Softmax(graph.Concat(2, none, rows), 2), 2, 0, 1);
        var mixed = graph.Softmax(
            graph.Add(graph.Mul(graph.Sub(one, share), graph.LogSoftmax(rows, 2)), graph.Mul(share, graph.LogSoftmax(clip, 2))), 2);
        return (Log(graph.Mul(mixed, graph.Sub(one, noObject))), Log(noObject));

        OnnxValue Log(OnnxValue probabilities) => graph.Log(graph.Clip(probabilities, (float)LeastProbability, null));
    }
}
