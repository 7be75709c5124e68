namespace IMDD.Edge.Camera.Configuration;

/// <summary>Where frames come from.</summary>
public enum FrameSourceKind
{
    /// <summary>Procedural surfaces with ground truth.</summary>
    Synthetic,

    /// <summary>The images of a folder, over and over.</summary>
    Folder,

    /// <summary>A video file, over and over.</summary>
    Video,
}
