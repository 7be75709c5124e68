using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>
/// Gives the inputs of a model, by name, for what it will see in use: a hundred pictures or more, with defects among them. Called once for
/// each pass over them, and must give the same every time.
/// </summary>
public delegate IEnumerable<IReadOnlyDictionary<string, OnnxTensor>> CalibrationReader();
