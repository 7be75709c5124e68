using IMDD.Contracts.Events;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>A line of the truth file: what a synthetic frame really shows.</summary>
/// <param name="Camera">Camera's name.</param>
/// <param name="FrameId">The frame.</param>
/// <param name="Texture">The surface.</param>
/// <param name="Seed">What it was made from.</param>
/// <param name="Defects">All defects; empty for a good frame.</param>
/// <param name="MaskRle">All defects together; null for a good frame.</param>
internal sealed record TruthRecord(
    string Camera, string FrameId, string Texture, ulong Seed, IReadOnlyList<TruthDefect> Defects, MaskRle? MaskRle);
