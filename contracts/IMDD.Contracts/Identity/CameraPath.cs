using System.Diagnostics.CodeAnalysis;

namespace IMDD.Contracts.Identity;

/// <summary>One camera: <c>enterprise/site/area/line/cell/camera</c>. Its text is the key of the camera's Kafka records.</summary>
public sealed record CameraPath
{
    /// <summary>Creates the path of a camera at a cell.</summary>
    /// <exception cref="FormatException"><paramref name="camera"/> breaks the naming rule.</exception>
    public CameraPath(AssetPath asset, string camera)
    {
        if (!NamePart.IsValid(camera))
        {
            throw new FormatException($"Camera name '{Excerpt.Of(camera)}' is not allowed: expected {NamePart.Expected}.");
        }

        Asset = asset;
        Camera = camera;
    }

    /// <summary>The cell the camera looks at.</summary>
    public AssetPath Asset { get; }

    /// <summary>The camera's name within the cell.</summary>
    public string Camera { get; }

    /// <summary>Parses <c>enterprise/site/area/line/cell/camera</c>.</summary>
    /// <exception cref="FormatException">The text is not six well-formed parts.</exception>
    public static CameraPath Parse(string text)
        => TryParse(text, out var path, out var error) ? path : throw new FormatException(error);

    /// <summary>Parses <c>enterprise/site/area/line/cell/camera</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CameraPath? path, [NotNullWhen(false)] out string? error)
    {
        path = null;
        var cut = (text ?? "").LastIndexOf('/');
        if (cut <= 0)
        {
            error = $"'{Excerpt.Of(text)}' is not a camera path: expected enterprise/site/area/line/cell/camera.";
            return false;
        }

        if (!AssetPath.TryParse(text![..cut], out var asset, out error))
        {
            return false;
        }

        var camera = text[(cut + 1)..];
        if (!NamePart.IsValid(camera))
        {
            error = $"'{Excerpt.Of(camera)}' in camera path '{Excerpt.Of(text)}' is not allowed: expected {NamePart.Expected}.";
            return false;
        }

        path = new CameraPath(asset, camera);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Asset}/{Camera}";
}
