using IMDD.Inference;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent;

/// <summary>How the frames of a camera are cut into tiles, by its own settings and the agent's.</summary>
internal static class CameraTiles
{
    private const string SizeRule = "must be WIDTHxHEIGHT in pixels, such as 512x512, or empty for frames that are inspected whole";

    /// <summary>The plan of a camera, or of one that the settings do not name; null: whole. The options have been validated.</summary>
    public static TilePlan? Of(AgentOptions options, CameraOptions? camera)
        => FrameSize.TryParse(camera?.TileSize ?? options.TileSize, out var size)
            ? new TilePlan(size.Width, size.Height, camera?.TileOverlap ?? options.TileOverlap)
            : null;

    /// <summary>Every way in which frames are given to a model; null: whole.</summary>
    /// <param name="options">The agent's.</param>
    /// <param name="cameras">Of these cameras; empty: of all that it inspects.</param>
    public static IReadOnlyList<TilePlan?> All(AgentOptions options, IReadOnlyList<string> cameras) => options.Cameras.Count == 0
        ? [Of(options, camera: null)]
        : [.. options.Cameras.Where(camera => cameras.Count == 0 || cameras.Contains(camera.Name)).Select(camera => Of(options, camera)).Distinct()];

    /// <summary>What is wrong with the agent's settings.</summary>
    public static IEnumerable<string> Problems(AgentOptions options)
        => Problems(AgentOptions.Section, options.TileSize, options.TileSize, options.TileOverlap);

    /// <summary>What is wrong with a camera's, whose key this is.</summary>
    public static IEnumerable<string> Problems(AgentOptions options, CameraOptions camera, string key)
    {
        if (camera is { TileSize: null, TileOverlap: null })
        {
            return [];
        }

        var size = camera.TileSize ?? options.TileSize;
        return size.Length == 0 && camera.TileOverlap is not null
            ? [$"{key}:{nameof(camera.TileOverlap)}: needs a {nameof(camera.TileSize)}"]
            : Problems(key, camera.TileSize ?? "", size, camera.TileOverlap ?? options.TileOverlap);
    }

    private static IEnumerable<string> Problems(string key, string ownSize, string effectiveSize, int overlap)
    {
        if (ownSize.Length > 0 && !FrameSize.TryParse(ownSize, out _))
        {
            yield return $"{key}:{nameof(AgentOptions.TileSize)}: {SizeRule}";
        }
        else if (FrameSize.TryParse(effectiveSize, out var size) && TilePlan.LargestOverlap(size.Width, size.Height) is var most && (overlap < 0 || overlap > most))
        {
            yield return $"{key}:{nameof(AgentOptions.TileOverlap)}: must be from 0 to {most}, half of the shorter side of {effectiveSize}; it is {overlap}";
        }
    }
}
