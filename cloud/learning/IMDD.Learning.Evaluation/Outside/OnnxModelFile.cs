using System.Security.Cryptography;
using IMDD.Inference;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>A foreign ONNX file in ONNX Runtime: one picture in, all outputs out.</summary>
internal sealed class OnnxModelFile : IDisposable
{
    private const int PictureRank = 4;
    private const int Channels = 3;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();

    /// <exception cref="OutsideModelException">The file cannot be read, does not load, or does not take one RGB picture.</exception>
    public OnnxModelFile(string path, int threads)
    {
        Path = System.IO.Path.GetFullPath(path);
        try
        {
            using (var stream = File.OpenRead(Path))
            {
                Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(stream));
            }

            using SessionOptions options = new() { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            _session = new InferenceSession(Path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OnnxRuntimeException)
        {
            throw new OutsideModelException($"'{path}' does not load: {e.Message}", e);
        }

        if (_session.InputMetadata.Count != 1 || _session.InputMetadata[_session.InputNames[0]] is not { IsTensor: true } input
            || input.ElementDataType != TensorElementType.Float || input.Dimensions.Length != PictureRank || input.Dimensions[1] != Channels || input.Dimensions[0] > 1)
        {
            var found = Signature();
            _session.Dispose();
            throw new OutsideModelException($"'{path}' does not take one RGB picture: expected one input of float32 [1, 3, height, width]; found {found}.");
        }

        InputName = _session.InputNames[0];
        (InputHeight, InputWidth) = (input.Dimensions[2] > 0 ? input.Dimensions[2] : null, input.Dimensions[3] > 0 ? input.Dimensions[3] : null);
        Outputs = [.. _session.OutputNames.Select(n => new OnnxOutput(n, _session.OutputMetadata[n].Dimensions, _session.OutputMetadata[n].ElementDataType == TensorElementType.Float))];
    }

    public string Path { get; }

    /// <summary><c>sha256:</c> of the file.</summary>
    public string Digest { get; }

    public string InputName { get; }

    /// <summary>Pixels; null where any height is taken.</summary>
    public int? InputHeight { get; }

    /// <summary>Pixels; null where any width is taken.</summary>
    public int? InputWidth { get; }

    /// <summary>In the graph's order.</summary>
    public IReadOnlyList<OnnxOutput> Outputs { get; }

    /// <summary>The exporter's notes.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>All inputs and outputs, for a message.</summary>
    public string Signature()
        => $"inputs {Describe(_session.InputNames, _session.InputMetadata)}; outputs {Describe(_session.OutputNames, _session.OutputMetadata)}";

    /// <summary>Runs one picture.</summary>
    /// <param name="picture"><c>3 × height × width</c>.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="wanted">Outputs to give, float32.</param>
    /// <exception cref="SegmenterException">The runtime failed, or gave numbers that are not finite.</exception>
    public IReadOnlyList<OnnxValues> Run(float[] picture, int height, int width, IReadOnlyList<string> wanted)
    {
        try
        {
            using var input = OrtValue.CreateTensorValueFromMemory(picture, [1, Channels, height, width]);
            using var outputs = _session.Run(_runOptions, [InputName], [input], wanted);
            return [.. outputs.Select((value, index) => Copy(wanted[index], value))];
        }
        catch (OnnxRuntimeException e)
        {
            throw new SegmenterException($"A picture of {width} x {height}: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static OnnxValues Copy(string name, OrtValue value)
    {
        var values = value.GetTensorDataAsSpan<float>().ToArray();
        return Array.TrueForAll(values, float.IsFinite)
            ? new OnnxValues([.. value.GetTensorTypeAndShape().Shape.Select(d => checked((int)d))], values)
            : throw new SegmenterException($"Output '{name}' holds numbers that are not finite.");
    }

    private static string Describe(IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata)
        => string.Join(", ", names.Select(n => metadata[n].IsTensor ? $"'{n}' {metadata[n].ElementDataType} {OnnxOutput.Format(metadata[n].Dimensions)}" : $"'{n}', not a tensor"));
}
