namespace IMDD.Edge.Camera.Spool;

/// <summary>The boot whose numbering a gateway goes on with after a restart.</summary>
/// <param name="BootId">Part of every frame id.</param>
internal sealed record GatewayBoot(string BootId);
