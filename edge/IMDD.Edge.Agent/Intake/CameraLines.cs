using System.Collections.Concurrent;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;

namespace IMDD.Edge.Agent.Intake;

/// <summary>The cameras of the cell, those configured and those that were heard of.</summary>
internal sealed class CameraLines(
    AgentOptions options, AgentIdentity identity, CameraGroups groups, ReferencePictures references, TimeProvider time, Action<FrameInFlight> release)
{
    /// <summary>A cell has a handful; more names than this are somebody's mistake and must not fill the memory.</summary>
    private const int MaxCameras = 1024;

    private readonly ConcurrentDictionary<string, CameraLine> _lines = new(StringComparer.Ordinal);

    public ICollection<CameraLine> All => _lines.Values;

    /// <summary>Enters the configured cameras, so that one that never sends is seen to be silent.</summary>
    public void AddConfigured()
    {
        foreach (var camera in options.Cameras)
        {
            _ = Find(new CameraPath(identity.Asset, camera.Name));
        }
    }

    /// <summary>The camera; null where there are too many.</summary>
    public CameraLine? Find(CameraPath path)
    {
        if (_lines.TryGetValue(path.Camera, out var line))
        {
            return line;
        }

        return _lines.Count >= MaxCameras ? null : _lines.GetOrAdd(path.Camera, static (_, made) => made.Lines.Create(made.Path), (Lines: this, Path: path));
    }

    private CameraLine Create(CameraPath path)
    {
        var own = options.Cameras.FirstOrDefault(c => c.Name == path.Camera);
        return new CameraLine(path, own?.OverloadPolicy ?? options.OverloadPolicy, own?.SilentAfter ?? options.SilentAfter, time, release)
        {
            Group = groups.Of(path.Camera),
            Reference = references.Of(path.Camera),
            Tiles = CameraTiles.Of(options, own),
        };
    }
}
