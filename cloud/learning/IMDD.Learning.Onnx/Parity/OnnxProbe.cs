using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>What went into a network once, and what it made of it.</summary>
/// <param name="Name">Its name, for reports.</param>
/// <param name="Inputs">By the names of the model's inputs.</param>
/// <param name="Outputs">By the names of the model's outputs: what the network itself gave, not the exported model.</param>
public sealed record OnnxProbe(string Name, IReadOnlyDictionary<string, OnnxTensor> Inputs, IReadOnlyDictionary<string, OnnxTensor> Outputs);
