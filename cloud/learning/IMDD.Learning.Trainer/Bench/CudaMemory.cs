using System.Runtime.InteropServices;
using IMDD.Learning.Training;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Memory of the CUDA device that libtorch uses, by NVIDIA's driver: TorchSharp has none of libtorch's own counts.</summary>
internal static class CudaMemory
{
    /// <summary>Bytes that nobody holds.</summary>
    /// <exception cref="TrainingException">The driver does not say.</exception>
    public static long Free() => Info(out var free, out _) is var error && error == 0
        ? (long)free
        : throw new TrainingException($"CUDA's driver does not say how much memory is free: error {error}.");

    [DllImport("libcuda.so.1", EntryPoint = "cuMemGetInfo_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Info(out nuint free, out nuint total);
}
