using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// A step of the second stage (paper, eq. 16): the mask generator and its naming head learn on features of the frozen diffusion model. The implicit captioner
/// stays as it is (paper, table 9), or learns through the frozen denoising network what to say for masks to come out (Xu et al. 2023, ODISE).
/// </summary>
public sealed class MaskStep : IDisposable
{
    private const double GroundingWeight = 0.5;

    private readonly FoundationNetwork _network;
    private readonly MaskCriterion _criterion;
    private readonly bool _isPaperGrounding;
    private readonly WeightUpdate _update;

    /// <summary>Steps of a network.</summary>
    /// <param name="network">Of 32 bits. Its configuration says in which form masks are held to words.</param>
    /// <param name="criterion">What is asked of the masks; null: what the network's configuration says.</param>
    /// <param name="options">How weights move.</param>
    /// <param name="trainsCaptioner">
    /// Whether the captioner learns, of batches whose maps were made with gradients; the parameters of the denoising network take none from then on.
    /// </param>
    public MaskStep(FoundationNetwork network, MaskCriterion? criterion = null, StepOptions? options = null, bool trainsCaptioner = false)
    {
        _network = network;
        _criterion = criterion ?? CriterionOf(network.Configuration);
        _isPaperGrounding = network.Configuration.Paper.HasFlag(PaperModes.Grounding);
        nn.Module[] learning = [network.Masks, network.Vocabulary];
        if (trainsCaptioner)
        {
            foreach (var parameter in network.Unet.parameters())
            {
                parameter.requires_grad_(false);
            }

            learning = [.. learning, network.Captioner];
        }

        _update = new WeightUpdate(learning, options ?? StepOptions.Masks);
    }

    /// <summary>The weights' update, to change its rate.</summary>
    public WeightUpdate Update => _update;

    /// <summary>What a configuration asks of masks.</summary>
    /// <param name="configuration">The model's.</param>
    /// <param name="points">On how many points masks are compared; null: Mask2Former's number.</param>
    public static MaskCriterion CriterionOf(FoundationConfiguration configuration, MaskPointOptions? points = null)
        => new(configuration.Paper.HasFlag(PaperModes.MaskLoss) ? MaskLossOptions.Paper : null, points);

    /// <summary>Takes one step.</summary>
    /// <param name="batch">Features and what is to be found in them.</param>
    /// <param name="random">Where points are drawn.</param>
    /// <returns>The loss before it; what of it is grounding, of the last prediction and unweighted, null without words; whether the step was taken.</returns>
    public (double Loss, double? Grounding, bool Taken) Run(MaskBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        var (loss, grounding) = LossOf(batch, random);
        return (loss.item<float>(), grounding?.item<float>(), _update.Apply(loss));
    }

    /// <summary>The loss alone.</summary>
    /// <param name="batch">Features and what is to be found in them.</param>
    /// <param name="random">Where points are drawn.</param>
    public (double Loss, double? Grounding) Measure(MaskBatch batch, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (loss, grounding) = LossOf(batch, random);
        return (loss.item<float>(), grounding?.item<float>());
    }

    /// <inheritdoc/>
    public void Dispose() => _update.Dispose();

    private (Tensor Loss, Tensor? Grounding) LossOf(MaskBatch batch, NoiseSource random)
    {
        var pixels = _network.Masks.Pixels(batch.Maps);
        var predictions = _network.Masks.Predict(pixels);
        var rows = _network.Vocabulary.Rows(batch.Texts);
        List<Tensor> embeddings = [.. predictions.Select(prediction => _network.Vocabulary.Embed(prediction, pixels.Mask))];
        List<Tensor> classes = [.. embeddings.Select(embedding => _network.Vocabulary.Score(embedding, rows))];
        var loss = _criterion.Of(classes, [.. predictions.Select(prediction => prediction.Masks)], batch.Targets, random).Total;
        if (batch.Words is not { } words)
        {
            return (loss, null);
        }

        // Every prediction is held to the words, as it is to the masks.
        var named = _network.Vocabulary.Rows(words);
        var valid = batch.Worded ?? ones(words.shape[0], device: words.device);
        List<Tensor> grounding = [.. embeddings.Select(embedding => Grounding(embedding, named, valid))];
        return (loss + (GroundingWeight * stack(grounding).sum()), grounding[^1]);
    }

    private Tensor Grounding(Tensor masks, Tensor words, Tensor valid)
    {
        var scale = _network.Vocabulary.Scale();
        if (!_isPaperGrounding)
        {
            return GroundingLoss.Of(GroundingLoss.Similarity(masks, words, scale), valid);
        }

        var temperature = scale.reciprocal();
        return GroundingLoss.PaperOf(GroundingLoss.PaperSimilarity(masks, words, temperature), temperature, valid);
    }
}
