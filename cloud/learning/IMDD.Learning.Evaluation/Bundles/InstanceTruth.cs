using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>True instances of a picture as boxes: those of the data set, or the 8-connected components of its mask.</summary>
internal static class InstanceTruth
{
    /// <summary>Boxes with their class as the data set writes it; a mask's components take the picture's one class, if it has one.</summary>
    public static IReadOnlyList<(string Class, Box Box)> Of(DatasetSample sample, bool[]? mask, int width, int height)
    {
        if (sample.Boxes.Count > 0)
        {
            return [.. sample.Boxes.Select(b => (b.Class, new Box(b.X, b.Y, b.X + b.Width, b.Y + b.Height)))];
        }

        if (!sample.IsAnomalous || mask is null)
        {
            return [];
        }

        var name = sample.Classes.Count == 1 ? sample.Classes[0] : "defect";
        using var components = ConnectedComponents.Find(MemoryMarshal.AsBytes<bool>(mask), width, height);
        List<(string Class, Box Box)> instances = [];
        for (var label = 1; label <= components.Count; label++)
        {
            var c = components[label];
            instances.Add((name, new Box(c.X, c.Y, c.X + c.Width, c.Y + c.Height)));
        }

        return instances;
    }
}
