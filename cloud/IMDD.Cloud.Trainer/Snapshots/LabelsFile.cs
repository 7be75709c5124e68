using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Trainer.Snapshots;

/// <summary>Writes <c>labels.json</c> of the data set layout <c>labelled</c>; the same frames make the same bytes.</summary>
public static class LabelsFile
{
    public const string Name = "labels.json";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = ImddJson.Options.Encoder };

    /// <summary>The file.</summary>
    /// <param name="frames">Each with its picture, relative to the file, and its masks inline.</param>
    /// <param name="weight">What a frame counts, above 0 and at most 1; null: each in full.</param>
    public static byte[] Write(IEnumerable<(ExampleConsensus Frame, string Picture)> frames, Func<ExampleConsensus, double>? weight = null)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteStartArray("frames");
            foreach (var (frame, picture) in frames.OrderBy(f => f.Frame.Frame.Digest, StringComparer.Ordinal))
            {
                Write(json, frame, picture, weight?.Invoke(frame) ?? 1);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ExampleConsensus frame, string picture, double weight)
    {
        json.WriteStartObject();
        json.WriteString("file", picture);
        json.WriteString("sha256", frame.Frame.Digest[ContentDigest.Prefix.Length..]);
        json.WriteString("verdict", frame.Verdict == Verdict.Fail ? "fail" : "pass");
        json.WriteString("camera", frame.CameraId);
        json.WriteString("asset_path", frame.AssetPath);
        json.WriteNumber("revision", frame.Revision);
        json.WriteStartArray("raters");
        foreach (var rater in RaterWeights.NamesOf(frame))
        {
            json.WriteStringValue(rater);
        }

        json.WriteEndArray();
        if (weight < 1)
        {
            json.WriteNumber("weight", weight);
        }

        json.WriteStartArray("regions");
        foreach (var region in frame.Regions)
        {
            json.WriteStartObject();
            json.WriteString("class", region.Class);
            Write(json, "bbox", region.BboxPx);
            if (region.ContourPx is { } contour)
            {
                Write(json, "polygon", contour);
            }
            else if (region.MaskRle is { } rle)
            {
                json.WriteStartObject("rle");
                Write(json, "size", rle.Size);
                json.WriteString("counts", rle.Counts);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
