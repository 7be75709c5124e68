namespace IMDD.Synthetics.Textures;

/// <summary>An exposed rectangle of tinned copper; centre and half sides in surface units.</summary>
internal readonly record struct PcbPad(float U, float V, float HalfU, float HalfV);
