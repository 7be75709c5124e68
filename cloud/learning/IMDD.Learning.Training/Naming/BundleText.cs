using IMDD.Inference.Bundles;
using IMDD.Learning.Networks.Text;
using IMDD.Learning.Training.Models;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Naming;

/// <summary>The text encoder that is kept with a bundle: makes rows for words that the model was not trained with, seen or not.</summary>
public sealed class BundleText : IDisposable
{
    private readonly EdgeModel _model;

    private BundleText(EdgeModel model) => _model = model;

    /// <summary>Opens a bundle that was trained here. Its signature is the caller's to check.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="clip">The CLIP that its rows are made with; null: its own classes are all that is asked for, or its rows are made of letters.</param>
    /// <exception cref="ModelBundleException">Not a bundle, or a file is not what its manifest says.</exception>
    /// <exception cref="TrainingException">The encoder is not the one that the manifest names.</exception>
    /// <exception cref="Weights.WeightsException">Its rows are made with another CLIP.</exception>
    public static BundleText Open(string folder, ClipTextEmbedder? clip = null)
    {
        var bundle = ModelBundle.Open(folder);
        var manifest = bundle.Manifest;
        var model = EdgeModel.LoadFrom(bundle, clip);
        var own = model.TextReference();
        if (manifest.TextEncoder?.Digest != own.Digest)
        {
            model.Dispose();
            throw new TrainingException(
                $"The text encoder in '{folder}' has the digest {own.Digest}: expected {manifest.TextEncoder?.Digest ?? "one in the manifest"}.");
        }

        model.Text.eval();
        model.Network.eval();
        return new BundleText(model);
    }

    /// <summary>What the bundle's own rows are called, in their order.</summary>
    public IReadOnlyList<TrainedClass> Classes => _model.Description.Classes;

    /// <summary>The whole model, in evaluation mode.</summary>
    internal EdgeModel Model => _model;

    /// <summary>One unit row per class, the mean over its name and synonyms, as the bundle's own were made. Equal words give equal rows.</summary>
    /// <exception cref="ArgumentException">A name has no word in it.</exception>
    /// <exception cref="Weights.WeightsException">A name is not one of the bundle's, and its rows are made with CLIP, which was not given.</exception>
    public IReadOnlyList<float[]> Rows(IReadOnlyList<TrainedClass> classes)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = _model.RowsOf(classes);
        return [.. rows.contiguous().data<float>().ToArray().Chunk((int)rows.shape[1])];
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
