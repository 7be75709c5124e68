using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>CLIP's vision transformer.</summary>
/// <param name="Tower">Its transformer.</param>
/// <param name="ImageSize">Side of the square image, pixels.</param>
/// <param name="PatchSize">Side of a patch, pixels; what the image has beyond whole patches is not seen.</param>
public sealed record ClipVisionConfiguration(ClipTowerConfiguration Tower, int ImageSize, int PatchSize)
{
    /// <summary>Patches and the class token.</summary>
    public int Tokens => (ImageSize / PatchSize * (ImageSize / PatchSize)) + 1;

    internal static ClipVisionConfiguration Read(ConfigurationReader fields) => new(
        ClipConfiguration.ReadTower(fields, width: 768, layers: 12, heads: 12, hidden: 3072),
        fields.Size("image_size", 224),
        fields.Size("patch_size", 32));

    internal JsonObject Write()
    {
        var fields = ClipConfiguration.WriteTower(Tower);
        (fields["image_size"], fields["patch_size"]) = (ImageSize, PatchSize);
        return fields;
    }
}
