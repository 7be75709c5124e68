using System.Text;
using System.Text.Json;
using IMDD.Contracts.Identity;

namespace IMDD.Cli.Demo;

/// <summary>The cameras' log of what they were told to deliver, one end of the conservation law, read while it grows.</summary>
/// <param name="path">JSON lines with <c>assetPath</c>, <c>camera</c> and <c>frameId</c>; may not exist yet.</param>
internal sealed class SentFrames(string path)
{
    private readonly byte[] _block = new byte[64 * 1024];
    private readonly List<byte> _line = [];
    private long _position;

    /// <summary>Distinct frames so far.</summary>
    public FrameLedger Frames { get; } = new();

    /// <summary>Reads the whole lines added since.</summary>
    /// <exception cref="CommandFailedException">A line is not a frame's.</exception>
    public void Read()
    {
        if (!File.Exists(path))
        {
            return;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_position, SeekOrigin.Begin);
        int count;
        while ((count = file.Read(_block)) > 0)
        {
            _position += count;
            foreach (var value in _block.AsSpan(0, count))
            {
                if (value == '\n')
                {
                    Add(Encoding.UTF8.GetString([.. _line]));
                    _line.Clear();
                }
                else
                {
                    _line.Add(value);
                }
            }
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
