using IMDD.Edge.Agent.Groups;
using IMDD.Imaging;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The known-good pictures of the cameras, decoded once as their frames are.</summary>
internal sealed class ReferencePictures : IDisposable
{
    private readonly Dictionary<string, ReferencePicture> _pictures = new(StringComparer.Ordinal);

    /// <summary>Reads those that the options name; the options have been validated.</summary>
    public ReferencePictures(AgentOptions options, IImageDecoder decoder, CameraGroups groups)
    {
        DecodeLimits limits = new(options.MaxFrameBytes, options.MaxFramePixels);
        foreach (var camera in options.Cameras.Where(c => c.Reference is { Length: > 0 }))
        {
            _pictures.Add(camera.Name, ReferencePicture.Read(camera.Reference!, limits, decoder, groups.Of(camera.Name).Recipes.Configured.Window));
        }
    }

    /// <summary>The picture of a camera, or null.</summary>
    public ReferencePicture? Of(string camera) => _pictures.GetValueOrDefault(camera);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var picture in _pictures.Values)
        {
            picture.Dispose();
        }
    }
}
