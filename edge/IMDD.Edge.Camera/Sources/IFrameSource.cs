namespace IMDD.Edge.Camera.Sources;

/// <summary>The pictures of one camera; never ends. Used by one reader at a time.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>The next picture.</summary>
    /// <exception cref="FrameSourceException">It cannot be read; the message names the file.</exception>
    SourceFrame Next();
}
