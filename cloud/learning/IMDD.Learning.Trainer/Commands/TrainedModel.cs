using IMDD.Inference.Bundles;
using IMDD.Learning.Networks.Text;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>The trained model that a command starts from.</summary>
internal static class TrainedModel
{
    /// <summary>Reads it. Where its folder is a bundle, all of that is checked first; weights and description alone have no digests to check them by.</summary>
    /// <param name="folder">The model's.</param>
    /// <param name="clip">As of <see cref="EdgeModel.Load"/>.</param>
    /// <exception cref="ModelBundleException">A file of the bundle is missing, altered or not listed.</exception>
    /// <exception cref="Training.TrainingException">Not a model, or not one of that CLIP.</exception>
    public static EdgeModel Load(string folder, ClipTextEmbedder? clip = null)
        => File.Exists(Path.Combine(folder, ModelBundle.ManifestFile)) ? EdgeModel.LoadFrom(ModelBundle.Open(folder), clip) : EdgeModel.Load(folder, clip);
}
