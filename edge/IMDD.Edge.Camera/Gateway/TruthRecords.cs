using IMDD.Imaging.Masks;
using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>Turns a synthetic sample's ground truth into a line of the truth file.</summary>
internal static class TruthRecords
{
    public static TruthRecord Create(string camera, string frameId, SyntheticSample sample) => new(
        camera,
        frameId,
        sample.Texture.ToString(),
        sample.Seed,
        [.. sample.Defects.Select(d => new TruthDefect(
            d.Name,
            d.Severity,
            [d.X, d.Y, d.Width, d.Height],
            d.AreaPx,
            CocoRle.Encode(d.Mask, new MaskPlacement(d.Width, d.Height, d.X, d.Y, 1), sample.Width, sample.Height)))],
        sample.Defects.Count > 0 ? CocoRle.Encode(sample.Mask, sample.Width, sample.Height) : null);
}
