namespace IMDD.Learning.Weights.Configurations;

/// <summary>The transformer of one CLIP tower.</summary>
/// <param name="Width">Width of a token.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Heads">Attention heads; divides the width.</param>
/// <param name="HiddenWidth">Width inside the two-layer perceptrons.</param>
/// <param name="QuickGelu">x·σ(1.702x) as OpenAI trained with, or the exact GELU as OpenCLIP.</param>
/// <param name="NormEpsilon">Epsilon of the layer norms.</param>
public sealed record ClipTowerConfiguration(int Width, int Layers, int Heads, int HiddenWidth, bool QuickGelu = true, double NormEpsilon = 1e-5);
