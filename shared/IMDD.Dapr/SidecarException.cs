namespace IMDD.Dapr;

/// <summary>The sidecar did not do what it was asked for: it is away, too slow, or has no such component.</summary>
/// <param name="action">What was asked, with the component's name.</param>
/// <param name="reason">Why not.</param>
/// <param name="inner">The cause.</param>
public sealed class SidecarException(string action, string reason, Exception? inner = null)
    : Exception($"The Dapr sidecar cannot {action}: {reason}", inner);
