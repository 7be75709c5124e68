using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>CLIP's text tower (Radford et al. 2021), without projection: what Stable Diffusion is conditioned on.</summary>
public sealed class ClipText : NamedModule
{
    private readonly ClipTextModel _model;

    /// <summary>A tower with new parameters.</summary>
    public ClipText(ClipTextConfiguration configuration, Placement placement = default)
        : base(nameof(ClipText))
    {
        Configuration = configuration;
        register_module("text_model", _model = new ClipTextModel(configuration, placement));
    }

    /// <summary>Its width and depth.</summary>
    public ClipTextConfiguration Configuration { get; }

    /// <summary>The states of a text after the last norm: the context of the denoising network.</summary>
    /// <param name="ids">Token ids, [B, N]; N at most the context's length.</param>
    /// <returns>[B, N, width].</returns>
    public Tensor States(Tensor ids) => _model.Forward(ids);

    /// <summary>The state at each text's end, which has the largest id.</summary>
    /// <param name="states">[B, N, width].</param>
    /// <param name="ids">The ids they came from, [B, N].</param>
    /// <returns>[B, width].</returns>
    public static Tensor AtEnd(Tensor states, Tensor ids)
    {
        using var scope = NewDisposeScope();

        // The first of them, counted: padding repeats the end's id, and which of equals argmax takes is not promised.
        var own = ids.to(states.device);
        var before = own.eq(own.amax([1], keepdim: true)).cumsum(1).eq(0).sum(1);
        var end = before.view(-1, 1, 1).expand(-1, 1, states.shape[2]);
        return states.gather(1, end).squeeze(1).MoveToOuterDisposeScope();
    }
}
