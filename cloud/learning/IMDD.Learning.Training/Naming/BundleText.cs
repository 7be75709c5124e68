using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Naming;

/// <summary>The text encoder that is kept with a bundle: makes rows for words that the model was not trained with, seen or not.</summary>
public sealed class BundleText : IDisposable
{
    private readonly EdgeModel _model;

    private BundleText(EdgeModel model) => _model = model;

    /// <summary>Opens a bundle that was trained here. Its signature is the caller's to check.</summary>
    /// <exception cref="ModelBundleException">Not a bundle, or a file is not what its manifest says.</exception>
    /// <exception cref="TrainingException">The encoder is not the one that the manifest names.</exception>
    public static BundleText Open(string folder)
    {
        var manifest = ModelBundle.Open(folder).Manifest;
        var model = EdgeModel.Load(folder);
        var digest = ContentDigest.Of(SafetensorsFile.Write(ModuleTensors.Read(model.Text, EdgeModel.TextPrefix)));
        if (manifest.TextEncoder?.Digest != digest)
        {
            model.Dispose();
            throw new TrainingException(
                $"The text encoder in '{folder}' has the digest {digest}: expected {manifest.TextEncoder?.Digest ?? "one in the manifest"}.");
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
