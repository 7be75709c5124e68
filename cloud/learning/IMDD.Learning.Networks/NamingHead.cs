using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks;

/// <summary>
/// Compares embeddings with rows of text: scaled cosine and one bias for all (Zhai et al. 2023, sigmoid loss). Each row's logit depends on that
/// row alone, so that rows can be added without changing what the others say.
/// </summary>
public sealed class NamingHead : Module<Tensor, Tensor, Tensor>
{
    private const double StartScale = 10;
    private const double StartBias = -5;

    private readonly Parameter _logScale;
    private readonly Parameter _bias;

    /// <summary>Starts where the sigmoid loss starts best: nearly no row fits.</summary>
    public NamingHead()
        : base(nameof(NamingHead))
    {
        _logScale = Parameter(tensor((float)Math.Log(StartScale)));
        _bias = Parameter(tensor((float)StartBias));
        RegisterComponents();
    }

    /// <summary>Logarithm of the scale, a scalar.</summary>
    public Parameter LogScale => _logScale;

    /// <summary>Added to each scaled cosine, a scalar.</summary>
    public Parameter Bias => _bias;

    /// <summary>Logits <c>[N, K]</c> of unit embeddings <c>[N, D]</c> and unit rows <c>[K, D]</c>.</summary>
    public override Tensor forward(Tensor embedding, Tensor text)
    {
        using var scope = NewDisposeScope();
        return (matmul(embedding, text.t()) * _logScale.exp()).Plus(_bias).MoveToOuterDisposeScope();
    }
}
