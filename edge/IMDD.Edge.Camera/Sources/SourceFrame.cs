using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Sources;

/// <summary>A picture as a source gives it.</summary>
/// <param name="Image">Encoded bytes.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Width">Pixels; null where the header is not readable.</param>
/// <param name="Height">Pixels; null where the header is not readable.</param>
/// <param name="Truth">Known of synthetic frames: the sample without its pixels.</param>
internal sealed record SourceFrame(ReadOnlyMemory<byte> Image, string ContentType, int? Width, int? Height, SyntheticSample? Truth = null);
