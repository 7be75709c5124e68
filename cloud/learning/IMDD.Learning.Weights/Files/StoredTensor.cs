using IMDD.Safetensors;

namespace IMDD.Learning.Weights.Files;

/// <summary>A tensor in an open file.</summary>
/// <param name="Reader">The file.</param>
/// <param name="Entry">Where it lies there, under the name it has there.</param>
public sealed record StoredTensor(SafetensorsReader Reader, SafetensorsEntry Entry);
