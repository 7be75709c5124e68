using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>A checkpoint of the foundation model as a bundle for given classes. The network is not built for it; CLIP's text tower is, for a moment.</summary>
public static class FoundationExport
{
    /// <summary>Writes the bundle. Every name and synonym has a row of its own: of a class's rows the one that fits best counts at each place.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="files">Its checkpoint.</param>
    /// <param name="tokenizer">CLIP's.</param>
    /// <param name="classes">What it is to name, at least one.</param>
    /// <param name="folder">The bundle's; must hold nothing else.</param>
    /// <param name="half">Whether it computes in 16 bits; for accelerators.</param>
    /// <param name="createdAt">When it was made.</param>
    /// <param name="isCompared">Whether the network is built after all, to be compared with the graph; else the graph as written is, with the graph as optimised.</param>
    /// <param name="ensemble">CLIP's shares in naming, by whether the checkpoint says that it was trained with a class; null: the naming head alone.</param>
    /// <exception cref="WeightsException">The checkpoint is not this model's.</exception>
    /// <exception cref="TrainingException">The tokenizer is not the model's.</exception>
    /// <exception cref="OnnxParityException">The two that are compared do not agree.</exception>
    public static (string Digest, ParityReport Parity) Write(
        FoundationConfiguration configuration,
        WeightFiles files,
        ClipTokenizer tokenizer,
        IReadOnlyList<TrainedClass> classes,
        string folder,
        bool half,
        DateTimeOffset createdAt,
        bool isCompared,
        ClipEnsemble? ensemble = null)
    {
        if (tokenizer.End != configuration.Clip.Text.Vocabulary - 1)
        {
            throw new TrainingException($"The tokenizer's largest id is {tokenizer.End}; expected {configuration.Clip.Text.Vocabulary - 1}, that of '{configuration.Name}'.");
        }

        using var scope = NewDisposeScope();
        var names = classes.SelectMany(named => named.Synonyms.Prepend(named.Name)).ToList();
        var known = FoundationTorchSegmenter.ClassesOf(files);
        var shares = ensemble is null ? null
            : tensor(classes.SelectMany(named => Enumerable.Repeat((float)ensemble.ShareOf(known.Contains(named.Id)), 1 + named.Synonyms.Count)).ToArray());
        var texts = new FoundationWeights(configuration, files).Texts(ClassNames.Ids(tokenizer, configuration.Clip.Text.Context, names));
        return FoundationBundle.WriteFrom(configuration, files, classes, texts, folder, half, createdAt, isCompared, shares);
    }
}
