using IMDD.Inference.Bundles;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference;

/// <summary>Names of what runs a network.</summary>
public static class ExecutionProviders
{
    public const string Cpu = "cpu";
    public const string Cuda = "cuda";
    public const string TensorRt = "tensorrt";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Cpu, Cuda, TensorRt];

    /// <summary>Adds the provider asked for, and only that, to a session's options. ONNX Runtime keeps the CPU behind it for shape arithmetic.</summary>
    /// <exception cref="SegmenterException">Unknown, not in this build, or its libraries or device are missing.</exception>
    internal static void Append(SessionOptions session, SegmenterOptions options, ModelBundle bundle)
    {
        var problems = options.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new SegmenterException(string.Join("; ", problems.Select(p => $"{p.Option} {p.Rule}")) + $", and the one asked for is '{options.ExecutionProvider}'.", fault: SegmenterFault.Provider);
        }

        var provider = options.ExecutionProvider;
        if (provider == Cpu)
        {
            return;
        }

        var name = provider switch
        {
            Cuda => "CUDAExecutionProvider",
            TensorRt => "TensorrtExecutionProvider",
            _ => throw new SegmenterException($"Execution provider '{provider}' is not known; expected {string.Join(", ", All)}.", fault: SegmenterFault.Provider),
        };
        var available = OrtEnv.Instance().GetAvailableProviders();
        if (!available.Contains(name, StringComparer.Ordinal))
        {
            throw new SegmenterException(
                $"Execution provider '{provider}' was asked for and is not in this build of ONNX Runtime, which has "
                + $"{string.Join(", ", available)}. Build with -p:Accelerator=cuda, or ask for 'cpu'.", fault: SegmenterFault.Provider);
        }

        try
        {
            if (provider == TensorRt)
            {
                AppendTensorRt(session, options, bundle);
            }

            // Behind TensorRT too, for what it does not take.
            using OrtCUDAProviderOptions cuda = new();
            cuda.UpdateOptions(ProviderSettings.Cuda(options));
            session.AppendExecutionProvider_CUDA(cuda);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new SegmenterException($"Execution provider '{provider}' was asked for and cannot start: {exception.Message}", exception, SegmenterFault.Provider);
        }
    }

    private static void AppendTensorRt(SessionOptions session, SegmenterOptions options, ModelBundle bundle)
    {
        var settings = ProviderSettings.TensorRt(options, bundle.Manifest, bundle.Digest, bundle.Text.Shape[1], ProbeCheck.Sizes(bundle));
        if (settings.TryGetValue(ProviderSettings.EngineCachePath, out var folder))
        {
            Directory.CreateDirectory(folder);
        }

        using OrtTensorRTProviderOptions tensorRt = new();
        tensorRt.UpdateOptions(settings);
        session.AppendExecutionProvider_Tensorrt(tensorRt);
    }
}
