using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// A step of the first stage (paper, eq. 15): the denoising network learns to tell noise from images under any of three conditions, and the implicit
/// captioner to say what captions say. The loss's random draws are the caller's, so that a run can be repeated.
/// </summary>
public sealed class DiffusionStep : IDisposable
{
    private const double AlignmentWeight = 0.3;

    private readonly FoundationNetwork _network;
    private readonly Conditioning _conditioning;
    private readonly Tensor _emptyStates;
    private readonly MasterWeights _denoiser;
    private readonly WeightUpdate _update;
    private readonly ScalarType _type;

    /// <summary>Steps of a network.</summary>
    /// <param name="network">Its denoising network may be of 16 bits: it computes in what its parameters are.</param>
    /// <param name="options">How weights move.</param>
    /// <param name="conditioning">What images come with; null: what the network's configuration says.</param>
    /// <param name="format">
    /// Another than <see cref="NumberFormat.Single"/> brings the denoising network, of 32 bits, to this format until <see cref="Widen"/>; floats of small range
    /// have their loss scaled.
    /// </param>
    public DiffusionStep(
        FoundationNetwork network, StepOptions? options = null, Conditioning? conditioning = null, NumberFormat format = NumberFormat.Single)
    {
        _network = network;
        _conditioning = conditioning ?? Conditioning.Of(network.Configuration);
        _denoiser = new MasterWeights(network.Unet, format);
        _type = network.Unet.parameters().First().dtype;
        _update = new WeightUpdate(
            [_denoiser, new MasterWeights(network.Captioner)],
            options ?? new StepOptions(),
            _type == ScalarType.Float16 ? new LossScale() : null);
        using var untracked = no_grad();
        _emptyStates = network.EmptyStates().DetachFromDisposeScope();
    }

    /// <summary>The weights' update, to change its rate.</summary>
    public WeightUpdate Update => _update;

    /// <summary>The denoising network's weights in 32 bits, under its own names.</summary>
    public IEnumerable<(string Name, Tensor Master)> Denoiser => _denoiser.Named();

    /// <summary>Makes the denoising network one of 32 bits again: no more steps after that.</summary>
    public void Widen() => _denoiser.Widen();

    /// <summary>Takes one step.</summary>
    /// <param name="batch">Images and captions.</param>
    /// <param name="random">Timesteps, conditions and noise.</param>
    /// <returns>The losses before it, and whether it was taken.</returns>
    public (double Noise, double Alignment, bool Taken) Run(DiffusionBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        var (noise, alignment) = Losses(batch, random);
        var values = (noise.item<float>(), alignment.item<float>());
        return (values.Item1, values.Item2, _update.Apply(noise + (AlignmentWeight * alignment)));
    }

    /// <summary>The losses alone.</summary>
    /// <param name="batch">Images and captions.</param>
    /// <param name="random">Timesteps, conditions and noise.</param>
    public (double Noise, double Alignment) Measure(DiffusionBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (noise, alignment) = Losses(batch, random);
        return (noise.item<float>(), alignment.item<float>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _update.Dispose();
        _emptyStates.Dispose();
    }

    private (Tensor Noise, Tensor Alignment) Losses(DiffusionBatch batch, NoiseSource random)
    {
        var count = batch.Latents.shape[0];
        int[] timesteps = [.. random.DrawUniform([count]).data<float>().ToArray().Select(draw => (int)(draw * _network.Schedule.Steps))];
        var noise = random.DrawLike(batch.Latents);
        var noisy = _network.Schedule.AddNoise(batch.Latents, noise, timesteps).to(_type);
        var implied = _network.Captioner.Embed(batch.Images);
        var context = Context(batch, implied, random.DrawUniform([count], batch.Latents.device)).to(_type);
        var predicted = _network.Unet.Predict(noisy, tensor(timesteps.Select(timestep => (long)timestep).ToArray(), device: noisy.device), context);
        return (DiffusionLoss.Noise(predicted, noise), DiffusionLoss.Alignment(implied, batch.Ends, batch.Captioned));
    }

    private Tensor Context(DiffusionBatch batch, Tensor implied, Tensor draws)
    {
        Scalar written = _conditioning.Written, captions = _conditioning.Written + _conditioning.Implied;
        var impliedContext = _network.Captioner.Context(implied, _emptyStates);
        var isWritten = draws.lt(written).logical_and(batch.Captioned.to(ScalarType.Bool)).view(-1, 1, 1);
        var isEmpty = draws.ge(captions).view(-1, 1, 1);
        var context = where(isWritten, batch.Texts, impliedContext);
        GC.KeepAlive(written);
        GC.KeepAlive(captions);
        return where(isEmpty, _emptyStates, context);
    }
}
