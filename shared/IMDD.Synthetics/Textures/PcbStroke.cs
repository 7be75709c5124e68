namespace IMDD.Synthetics.Textures;

/// <summary>A line of the board's artwork with round ends; surface units.</summary>
internal readonly record struct PcbStroke(float U0, float V0, float U1, float V1, float Radius);
