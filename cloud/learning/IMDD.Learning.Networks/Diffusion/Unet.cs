using IMDD.Learning.Networks.Training;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>
/// The denoising network of Stable Diffusion 1 (Rombach et al. 2022), at any width, with the parameter names of the public diffusers checkpoint.
/// New parameters start as the latent-diffusion code starts them: the last convolution of every residual block and transformer, and the network's
/// own, at zero.
/// </summary>
public sealed class Unet : NamedModule
{
    private readonly UnetConfiguration _configuration;
    private readonly Conv2d _convIn;
    private readonly TimeEmbedding _time;
    private readonly ModuleList<UnetLevel> _down;
    private readonly UnetMiddle _middle;
    private readonly ModuleList<UnetLevel> _up;
    private readonly GroupNorm _normOut;
    private readonly Conv2d _convOut;
    private bool _channelsLast;

    /// <summary>A network with new parameters.</summary>
    public Unet(UnetConfiguration configuration, Placement placement = default)
        : base(nameof(Unet))
    {
        _configuration = configuration;
        var channels = configuration.BlockOutChannels;
        var last = configuration.Levels - 1;
        register_module("conv_in", _convIn = placement.Convolution(configuration.InChannels, channels[0], 3, padding: 1));
        register_module("time_embedding", _time = new TimeEmbedding(configuration.TimeProjectionWidth, configuration.TimeHiddenWidth, configuration.TimeWidth, placement));
        Stack<long> skips = new([channels[0]]);
        long width = channels[0];
        List<UnetLevel> down = [];
        for (var level = 0; level <= last; level++)
        {
            List<long> inputs = [width, .. Enumerable.Repeat((long)channels[level], configuration.LayersPerBlock - 1)];
            width = channels[level];
            down.Add(new UnetLevel(
                configuration, inputs, width, configuration.Heads[level], configuration.DownAttends[level], level < last ? Resampling.Down : null, placement));
            for (var skip = 0; skip < configuration.LayersPerBlock + (level < last ? 1 : 0); skip++)
            {
                skips.Push(width);
            }
        }

        register_module("down_blocks", _down = nn.ModuleList(down.ToArray()));
        register_module("mid_block", _middle = new UnetMiddle(configuration, width, configuration.Heads[last], placement));
        List<UnetLevel> up = [];
        for (var block = 0; block <= last; block++)
        {
            long to = channels[last - block];
            List<long> inputs = [];
            for (var layer = 0; layer <= configuration.LayersPerBlock; layer++)
            {
                inputs.Add(width + skips.Pop());
                width = to;
            }

            up.Add(new UnetLevel(
                configuration, inputs, to, configuration.Heads[last - block], configuration.UpAttends[block], block < last ? Resampling.Up : null, placement));
        }

        register_module("up_blocks", _up = nn.ModuleList(up.ToArray()));
        register_module("conv_norm_out", _normOut = placement.GroupNorm(configuration.NormGroups, width, configuration.NormEpsilon));
        register_module("conv_out", _convOut = placement.Convolution(width, configuration.OutChannels, 3, padding: 1));
        nn.init.zeros_(_convOut.weight);
        nn.init.zeros_(_convOut.bias);
    }

    /// <summary>
    /// Whether a training pass keeps only the inputs of every layer and of the middle, and computes what lies between once more for the gradients: less than
    /// half of the memory for a third more time.
    /// </summary>
    public bool Checkpointed { get; set; }

    /// <summary>The taps of the mask generator: the levels on the way up, before their change of size; coarsest first.</summary>
    public IReadOnlyList<UnetTap> FeatureTaps => [.. Enumerable.Range(0, _configuration.Levels).Select(block => new UnetTap(UnetStage.UpFeatures, block))];

    /// <summary>Draws all weights anew, from torch's generator, as the paper says instead of as the latent-diffusion code does (<see cref="IMDD.Learning.Weights.Configurations.PaperModes.Initialisation"/>).</summary>
    public void DrawAsPaper() => UnetInitialisation.DrawAsPaper(this);

    /// <summary>Lays out kernels and feature maps with the channels of a pixel side by side; before an optimizer gets hold of the parameters.</summary>
    public void UseChannelsLast()
    {
        ChannelsLast.Apply(this);
        _channelsLast = true;
    }

    /// <summary>The prediction for a noisy latent.</summary>
    /// <param name="sample">[B, in, H, W].</param>
    /// <param name="timesteps">[B], or one for all.</param>
    /// <param name="context">Text states, [B, tokens, context width].</param>
    /// <returns>[B, out, H, W].</returns>
    public Tensor Predict(Tensor sample, Tensor timesteps, Tensor context)
    {
        // The trace is not disposed: its one tensor is the result, and the caller's.
        var trace = Trace(sample, timesteps, context, [UnetTap.Prediction]);
        return trace[UnetTap.Prediction];
    }

    /// <summary>Values inside the network; what lies behind the last one is not computed.</summary>
    /// <param name="sample">[B, in, H, W].</param>
    /// <param name="timesteps">[B], or one for all.</param>
    /// <param name="context">Text states, [B, tokens, context width].</param>
    /// <param name="taps">Where.</param>
    /// <param name="timeOffset">Added to the time embedding, [B, 4·C₀]: an implicit captioner may speak through it; null for none.</param>
    public UnetTrace Trace(Tensor sample, Tensor timesteps, Tensor context, IReadOnlyCollection<UnetTap> taps, Tensor? timeOffset = null)
    {
        CheckTaps(taps);
        UnetTrace trace = new(taps);
        using var scope = NewDisposeScope();
        Run(trace, sample, timesteps, context, timeOffset);
        return trace;
    }

    /// <summary>Adds to the graph what the network gives at <see cref="FeatureTaps"/> for a fixed timestep.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="sample">[B, in, H, W], sides that halve evenly at every level.</param>
    /// <param name="timestep">From 0.</param>
    /// <param name="context">Text states, [B, tokens, context width].</param>
    /// <returns>In the order of the taps, coarsest first.</returns>
    public IReadOnlyList<OnnxValue> ExportFeatures(OnnxModuleScope onnx, OnnxValue sample, int timestep, OnnxValue context)
    {
        using var scope = NewDisposeScope();
        var projection = TimeEmbedding.Sinusoid(
            tensor(new[] { (long)timestep }), _configuration.TimeProjectionWidth, _configuration.CosineFirst, _configuration.FrequencyShift);
        var activated = silu(_time.Constant(onnx, projection));
        Stack<OnnxValue> skips = new();
        var hidden = onnx.Call(_convIn, sample);
        skips.Push(hidden);
        foreach (var level in _down)
        {
            hidden = level.ExportDown(onnx, hidden, activated, context, skips);
        }

        hidden = _middle.Export(onnx, hidden, activated, context);
        List<OnnxValue> features = [];
        for (var block = 0; block < _up.Count; block++)
        {
            features.Add(_up[block].ExportUp(onnx, hidden, activated, context, skips));
            hidden = block < _up.Count - 1 ? _up[block].ExportResize(onnx, features[^1]) : features[^1];
        }

        return features;
    }

    private void Run(UnetTrace trace, Tensor sample, Tensor timesteps, Tensor context, Tensor? timeOffset)
    {
        var projection = TimeEmbedding.Sinusoid(
            timesteps.expand(sample.shape[0]), _configuration.TimeProjectionWidth, _configuration.CosineFirst, _configuration.FrequencyShift);
        trace.Offer(new UnetTap(UnetStage.TimeProjection), projection);
        if (trace.IsComplete)
        {
            return;
        }

        var time = _time.Forward(projection.to(sample.dtype));
        var activated = silu(timeOffset is null ? time : time + timeOffset);
        var checkpoint = Checkpointed ? new ActivationCheckpoint() : null;
        Stack<Tensor> skips = new();
        var hidden = _convIn.call(_channelsLast ? ChannelsLast.Of(sample) : sample);
        skips.Push(hidden);
        for (var level = 0; level < _down.Count; level++)
        {
            hidden = _down[level].Down(hidden, activated, context, skips, checkpoint);
            trace.Offer(new UnetTap(UnetStage.Down, level), hidden);
            if (trace.IsComplete)
            {
                return;
            }
        }

        hidden = _middle.Forward(hidden, activated, context, checkpoint);
        trace.Offer(new UnetTap(UnetStage.Middle), hidden);
        for (var block = 0; block < _up.Count && !trace.IsComplete; block++)
        {
            hidden = _up[block].Up(hidden, activated, context, skips, checkpoint);
            trace.Offer(new UnetTap(UnetStage.UpFeatures, block), hidden);
            if (trace.IsComplete)
            {
                return;
            }

            // Sides that do not halve evenly come back to those of the level's skips.
            hidden = _up[block].Resize(hidden, skips.TryPeek(out var next) ? (next.shape[2], next.shape[3]) : null);
            trace.Offer(new UnetTap(UnetStage.Up, block), hidden);
        }

        if (!trace.IsComplete)
        {
            trace.Offer(UnetTap.Prediction, _convOut.call(silu(_normOut.call(hidden))));
        }
    }

    private void CheckTaps(IReadOnlyCollection<UnetTap> taps)
    {
        var blocks = _configuration.Levels;
        var wrong = taps.Where(tap => tap.Block < 0 || tap.Block >= (tap.Stage is UnetStage.Down or UnetStage.UpFeatures or UnetStage.Up ? blocks : 1)).ToList();
        if (taps.Count == 0 || wrong.Count > 0)
        {
            throw new ArgumentException(taps.Count == 0 ? "No taps." : $"No such taps in {blocks} levels: {string.Join(", ", wrong)}.", nameof(taps));
        }
    }
}
