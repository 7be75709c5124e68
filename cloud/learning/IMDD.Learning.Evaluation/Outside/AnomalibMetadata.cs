using System.Text.Json;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>
/// <c>metadata.json</c> that anomalib 1.x writes beside an export: the graph gives raw scores, and thresholds and range are here. anomalib moves
/// the threshold to 0.5 and the range to one: clip((score − threshold) / (max − min) + 0.5, 0, 1).
/// </summary>
/// <param name="Image">Threshold, minimum and maximum of the picture's score; null where incomplete.</param>
/// <param name="Pixel">Of a pixel's score; null where incomplete.</param>
internal sealed record AnomalibMetadata(AnomalibRange? Image, AnomalibRange? Pixel)
{
    private const long MaxBytes = 1 << 20;

    /// <summary>Of the file beside a model; without ranges where there is none.</summary>
    /// <exception cref="OutsideModelException">The file is not such a document.</exception>
    public static AnomalibMetadata Beside(string modelPath)
    {
        var path = Path.Combine(Path.GetDirectoryName(modelPath)!, "metadata.json");
        if (!File.Exists(path))
        {
            return new AnomalibMetadata(null, null);
        }

        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new OutsideModelException($"'{path}' has more than {MaxBytes} bytes.");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new AnomalibMetadata(Range(root, "image_threshold", "pred_scores"), Range(root, "pixel_threshold", "anomaly_maps"))
                : throw new OutsideModelException($"'{path}' is not a JSON object.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new OutsideModelException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Of several scores 1.1 and later keep a range each, earlier ones one for all.</summary>
    private static AnomalibRange? Range(JsonElement root, string threshold, string scores)
        => Number(root, threshold) is { } t
            && (Number(root, scores + ".min") ?? Number(root, "min")) is { } min
            && (Number(root, scores + ".max") ?? Number(root, "max")) is { } max && max > min
            ? new AnomalibRange(t, min, max)
            : null;

    private static double? Number(JsonElement root, string name)
        => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) ? value.GetDouble() : null;
}
