using System.Text.Json;
using IMDD.Contracts.Identity;

namespace IMDD.Cli.Demo;

/// <summary>The cameras' log of what they were told to deliver, one end of the conservation law, read while it grows.</summary>
/// <param name="path">JSON lines with <c>assetPath</c>, <c>camera</c> and <c>frameId</c>; may not exist yet.</param>
internal sealed class SentFrames(string path)
{
    private readonly GrowingLines _lines = new(path);

    /// <summary>Distinct frames so far.</summary>
    public FrameLedger Frames { get; } = new();

    /// <summary>Reads the whole lines added since.</summary>
    /// <exception cref="CommandFailedException">A line is not a frame's.</exception>
    public void Read()
    {
        foreach (var line in _lines.Read())
        {
            Add(line);
        }
    }

    private void Add(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var frame = json.RootElement;
            CameraPath camera = new(AssetPath.Parse(frame.GetProperty("assetPath").GetString()!), frame.GetProperty("camera").GetString()!);
            Frames.Add(camera, frame.GetProperty("frameId").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException)
        {
            throw new CommandFailedException($"{path} has a line that is no frame's: {line}");
        }
    }
}
