using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>A step of the second stage (paper, eq. 16): the mask generator and its naming head learn on features of the frozen diffusion model.</summary>
public sealed class MaskStep : IDisposable
{
    private const double GroundingWeight = 0.5;

    private readonly FoundationNetwork _network;
    private readonly MaskCriterion _criterion;
    private readonly WeightUpdate _update;

    /// <summary>Steps of a network.</summary>
    /// <param name="network">Of 32 bits.</param>
    /// <param name="criterion">What is asked of the masks.</param>
    /// <param name="options">How weights move.</param>
    public MaskStep(FoundationNetwork network, MaskCriterion? criterion = null, StepOptions? options = null)
    {
        _network = network;
        _criterion = criterion ?? new MaskCriterion();
        _update = new WeightUpdate([network.Masks, network.Vocabulary], options ?? StepOptions.Masks);
    }

    /// <summary>The weights' update, to change its rate.</summary>
    public WeightUpdate Update => _update;

    /// <summary>Takes one step.</summary>
    /// <param name="batch">Features and what is to be found in them.</param>
    /// <param name="random">Where points are drawn.</param>
    /// <returns>The loss before it, and whether it was taken.</returns>
    public (double Loss, bool Taken) Run(MaskBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        var loss = LossOf(batch, random);
        return (loss.item<float>(), _update.Apply(loss));
    }

    /// <summary>The loss alone.</summary>
    /// <param name="batch">Features and what is to be found in them.</param>
    /// <param name="random">Where points are drawn.</param>
    public double Measure(MaskBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return LossOf(batch, random).item<float>();
    }

    /// <inheritdoc/>
    public void Dispose() => _update.Dispose();

    private Tensor LossOf(MaskBatch batch, NoiseSource random)
    {
        var pixels = _network.Masks.Pixels(batch.Maps);
        var predictions = _network.Masks.Predict(pixels);
        var rows = _network.Vocabulary.Rows(batch.Texts);
        List<Tensor> embeddings = [.. predictions.Select(prediction => _network.Vocabulary.Embed(prediction, pixels.Mask))];
        List<Tensor> classes = [.. embeddings.Select(embedding => _network.Vocabulary.Score(embedding, rows))];
        var loss = _criterion.Of(classes, [.. predictions.Select(prediction => prediction.Masks)], batch.Targets, random).Total;
        if (batch.Words is { } words)
        {
            // Every prediction is held to the captions, as it is to the masks.
            var named = _network.Vocabulary.Rows(words);
            foreach (var embedding in embeddings)
            {
                loss = loss + (GroundingWeight * GroundingLoss.Of(GroundingLoss.Similarity(embedding, named, _network.Vocabulary.Scale())));
            }
        }

        return loss;
    }
}
