using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Weights;

/// <summary>The parts of a foundation model that no public checkpoint has, as new networks of a seed; "no object" starts at what CLIP makes of the empty text.</summary>
internal sealed class DrawnParts : IDisposable
{
    /// <summary>Their prefixes, in the order in which they are drawn.</summary>
    public static readonly string[] Names = ["captioner", "mask_generator", "vocabulary"];

    private readonly nn.Module[] _modules;
    private readonly Dictionary<string, Tensor> _tensors;

    /// <summary>Draws them.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="parts">Its public parts, of which CLIP is loaded for a moment.</param>
    /// <param name="seed">Of everything.</param>
    public DrawnParts(FoundationConfiguration configuration, PublicParts parts, int seed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        manual_seed(seed);
        ImplicitCaptioner captioner = new(configuration.Captioner);
        MaskGenerator masks = new(configuration.Masks);
        OpenVocabularyHead vocabulary = new(configuration.Vocabulary);
        _modules = [captioner, masks, vocabulary];
        using (ClipModel clip = new(configuration.Clip))
        {
            ModuleWeights.Load(clip, "clip.", parts.Tensors);
            vocabulary.StartNoObjectAt(clip.EmbedText(FoundationNetwork.EmptyIds(configuration.Clip.Text))[0]);
        }

        // The modules own these, and are kept as long.
        _tensors = Names.Zip(_modules)
            .SelectMany(part => part.Second.state_dict().Select(pair => KeyValuePair.Create($"{part.First}.{pair.Key}", pair.Value)))
            .ToDictionary(StringComparer.Ordinal);
        scope.Detach(_tensors.Values);
    }

    /// <summary>A tensor, by its name in the whole model.</summary>
    public Tensor this[string name] => _tensors[name];

    public void Dispose() => Array.ForEach(_modules, module => module.Dispose());
}
