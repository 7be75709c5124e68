using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Writes a bundle that is another one with a row of text more. Every file but those of rows and of names is the same, byte for byte: so is its digest, by which a registry
/// and an agent know that they have it.
/// </summary>
internal static class WordBundle
{
    /// <summary>Writes.</summary>
    /// <param name="from">The bundle.</param>
    /// <param name="model">Its model.</param>
    /// <param name="named">The class that the row speaks for; joins the classes where it is new.</param>
    /// <param name="row">Its values.</param>
    /// <param name="added">How the model makes it.</param>
    /// <param name="threshold">The row's own.</param>
    /// <param name="folder">The new bundle's; must not be there.</param>
    /// <param name="createdAt">When it was made.</param>
    /// <returns>Digest of the manifest.</returns>
    /// <exception cref="TrainingException">The bundle's rows are not those of its model.</exception>
    public static string Write(
        ModelBundle from, EdgeModel model, TrainedClass named, float[] row, ModelRow added, double threshold, string folder, DateTimeOffset createdAt)
    {
        var old = model.Description;
        var listed = old.ListRows();
        if (!listed.Select(r => r.ClassId).SequenceEqual(from.Manifest.Rows.Select(r => r.ClassId), StringComparer.Ordinal))
        {
            throw new TrainingException($"{EdgeModel.DescriptionFile} of {from.Directory} has other rows than {ModelBundle.ManifestFile}: expected the same.");
        }

        var description = old with
        {
            Classes = old.Classes.Any(c => c.Id == named.Id) ? old.Classes : [.. old.Classes, named],
            Rows = [.. listed, added],
            Metrics = null,
            Calibration = old.Calibration with { RowThresholds = [.. from.Manifest.Rows.Select(r => r.Threshold), threshold] },
        };
        BundleWriter writer = new();
        writer.AddText((float[])[.. from.Text.Values.Span, .. row], listed.Count + 1);
        foreach (var file in from.Manifest.Files.Where(file => file.Path != ModelBundle.TextFile))
        {
            var bytes = file.Path switch
            {
                EdgeModel.DescriptionFile => EdgeModel.Bytes(description),
                EdgeModel.ClipTextsFile => model.TextBytes(description.Classes) ?? from.ReadFile(file.Path),
                _ => from.ReadFile(file.Path),
            };
            writer.Add(file.Path, bytes, file.MediaType);
        }

        return writer.Write(folder, contents => Manifest(from, description, named.Id, contents, createdAt));
    }

    private static BundleManifest Manifest(
        ModelBundle from, EdgeModelDescription description, string classId, BundleContents contents, DateTimeOffset createdAt)
    {
        var old = from.Manifest;
        return old with
        {
            Version = $"{old.Version}{(old.Version.Contains('+', StringComparison.Ordinal) ? '.' : '+')}{classId}",
            CreatedAt = createdAt,
            Files = contents.Files,

            // Rows that are there keep their own words and thresholds, whatever made them.
            Rows = [.. old.Rows, description.BundleRows()[^1]],
            Classes = old.Classes.Any(c => c.Id == classId) ? old.Classes : [.. old.Classes, description.BundleClasses()[^1]],
            TrainedFrom = (old.TrainedFrom ?? new BundleLineage()) with { Parent = from.Digest },

            ChangedClasses = [classId],

            // Both were found with the names that there were.
            Metrics = null,
            Predicted = null,
        };
    }
}
