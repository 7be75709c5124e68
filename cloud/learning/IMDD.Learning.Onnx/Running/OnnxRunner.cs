using IMDD.Learning.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Learning.Onnx.Running;

/// <summary>A model in ONNX Runtime on the CPU, for comparisons and calibration: tensors by name in, tensors by name out.</summary>
public sealed class OnnxRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private string? _folder;

    /// <param name="model">A model; one too large for a message is written to a folder of temporary files for as long as it runs.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="OnnxGraphException">The runtime does not load the model.</exception>
    public OnnxRunner(OnnxModel model, OnnxRunnerOptions? options = null)
        : this(model, options ?? new OnnxRunnerOptions(), FolderFor(model, options ?? new OnnxRunnerOptions()))
    {
    }

    /// <param name="path">A model's file; external data is looked for beside it.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="OnnxGraphException">The runtime does not load the model.</exception>
    public OnnxRunner(string path, OnnxRunnerOptions? options = null)
        : this(session => new InferenceSession(path, session), path, options)
    {
    }

    private OnnxRunner(OnnxModel model, OnnxRunnerOptions options, string? folder)
        : this(
            session => folder is null ? new InferenceSession(model.ToBytes(), session) : Written(model, folder, options, session),
            model.Graph.Name,
            options)
        => _folder = folder;

    private OnnxRunner(Func<SessionOptions, InferenceSession> load, string name, OnnxRunnerOptions? options)
    {
        options ??= new OnnxRunnerOptions();
        using SessionOptions session = new()
        {
            GraphOptimizationLevel = options.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // As the agent runs it: workers wait awake between two operators, and sleep between two runs.
        session.AddSessionConfigEntry("session.force_spinning_stop", "1");
        try
        {
            _session = load(session);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxGraphException($"ONNX Runtime does not load '{name}': {exception.Message}", exception);
        }
    }

    public IReadOnlyList<string> InputNames => _session.InputNames;

    public IReadOnlyList<string> OutputNames => _session.OutputNames;

    /// <summary>What the model has to say of itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Runs the model once.</summary>
    /// <exception cref="OnnxGraphException">An input is missing, or the runtime refuses one.</exception>
    public IReadOnlyDictionary<string, OnnxTensor> Run(IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        List<LentTensor> lent = [];
        try
        {
            foreach (var name in _session.InputNames)
            {
                var tensor = inputs.GetValueOrDefault(name) ?? throw new OnnxGraphException($"Input '{name}' is missing.");
                lent.Add(new LentTensor(tensor));
            }

            using var outputs = _session.Run(_run, _session.InputNames, [.. lent.Select(tensor => tensor.Value)], _session.OutputNames);
            return _session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => Copy(pair.Second), StringComparer.Ordinal);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxGraphException($"ONNX Runtime does not run it: {exception.Message}", exception);
        }
        finally
        {
            lent.ForEach(tensor => tensor.Dispose());
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
        if (Interlocked.Exchange(ref _folder, null) is { } folder)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? FolderFor(OnnxModel model, OnnxRunnerOptions options) => model.WeightBytes <= options.MaxMessageBytes
        ? null
        : Directory.CreateTempSubdirectory($"imdd-onnx-{Environment.ProcessId}-").FullName;

    private static InferenceSession Written(OnnxModel model, string folder, OnnxRunnerOptions options, SessionOptions session)
    {
        try
        {
            return new InferenceSession(model.Save(Path.Combine(folder, "model.onnx"), options.MaxMessageBytes)[0], session);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static OnnxTensor Copy(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return OnnxTensor.FromBytes(
            (OnnxElementType)info.ElementDataType, info.Shape, value.GetTensorMutableRawData().ToArray());
    }
}
