using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>A release in whose training set a frame is.</summary>
/// <param name="Model">The release.</param>
/// <param name="DatasetDigest">The training set.</param>
/// <param name="Side">A <see cref="DatasetSide"/>.</param>
public sealed record FrameUse(ModelRelease Model, string DatasetDigest, string Side);
