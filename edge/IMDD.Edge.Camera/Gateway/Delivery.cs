using IMDD.Edge.Camera.Spool;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>A frame on its way: sent until its outcome is back.</summary>
internal sealed class Delivery(SpooledFrame frame, int attempts)
{
    public SpooledFrame Frame { get; } = frame;

    /// <summary>Publications so far.</summary>
    public int Attempts { get; set; } = attempts;

    /// <summary>The picture, while a copy is kept in memory; else it is read from the spool.</summary>
    public ReadOnlyMemory<byte>? Image { get; set; }
}
