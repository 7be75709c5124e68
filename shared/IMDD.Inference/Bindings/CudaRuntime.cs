using System.Runtime.InteropServices;

namespace IMDD.Inference.Bindings;

/// <summary>Copies between the machine's memory and a CUDA device's, by the runtime that ONNX Runtime's CUDA provider has loaded.</summary>
internal static partial class CudaRuntime
{
    private const string Library = "cudart";
    private const int HostToDevice = 1;
    private const int DeviceToHost = 2;

    private static readonly string[] Files = ["libcudart.so.13", "libcudart.so.12"];

    static CudaRuntime() => NativeLibrary.SetDllImportResolver(typeof(CudaRuntime).Assembly, static (name, _, _) => name == Library ? Resolve() : 0);

    /// <summary>Makes a device this thread's.</summary>
    /// <exception cref="SegmenterException">There is no such device.</exception>
    public static void SetDevice(int device) => Check(SetDeviceNative(device), "choose the device");

    /// <summary>Copies to a device's memory.</summary>
    /// <exception cref="SegmenterException">The copy failed.</exception>
    public static unsafe void ToDevice(nint device, ReadOnlySpan<byte> host)
    {
        fixed (byte* source = host)
        {
            Check(Copy(device, (nint)source, (nuint)host.Length, HostToDevice), "copy to the device");
        }
    }

    /// <summary>Copies from a device's memory.</summary>
    /// <exception cref="SegmenterException">The copy failed.</exception>
    public static unsafe void ToHost(Span<byte> host, nint device)
    {
        fixed (byte* target = host)
        {
            Check(Copy((nint)target, device, (nuint)host.Length, DeviceToHost), "copy from the device");
        }
    }

    /// <summary>Waits for all that the device was told to do.</summary>
    /// <exception cref="SegmenterException">Something of it failed.</exception>
    public static void Synchronize() => Check(SynchronizeNative(), "wait for the device");

    private static nint Resolve()
    {
        foreach (var file in Files)
        {
            if (NativeLibrary.TryLoad(file, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new SegmenterException($"CUDA could not {what}: error {error}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "cudaSetDevice")]
    private static partial int SetDeviceNative(int device);

    [LibraryImport(Library, EntryPoint = "cudaMemcpy")]
    private static partial int Copy(nint target, nint source, nuint bytes, int kind);

    [LibraryImport(Library, EntryPoint = "cudaDeviceSynchronize")]
    private static partial int SynchronizeNative();
}
