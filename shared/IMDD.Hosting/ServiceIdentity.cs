namespace IMDD.Hosting;

/// <summary>The service's name in telemetry and messages.</summary>
/// <param name="Name">E.g. <c>edge-agent</c>.</param>
public sealed record ServiceIdentity(string Name);
