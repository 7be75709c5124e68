namespace IMDD.Synthetics.Textures;

/// <summary>A mounted part of the product. Place and radius in units, angle in turns.</summary>
internal readonly record struct Part(float U, float V, float Radius, float Turns);
