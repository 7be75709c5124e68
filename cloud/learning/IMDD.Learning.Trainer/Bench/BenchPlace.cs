using IMDD.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Where a network is measured, and in which numbers.</summary>
internal sealed class BenchPlace
{
    /// <summary>Precisions by the names of the command line.</summary>
    public static readonly string[] PrecisionNames = [SingleName, HalfName];

    private const string SingleName = "fp32";
    private const string HalfName = "bf16";

    /// <summary>A place that is there.</summary>
    /// <exception cref="TrainingException">This machine, or this build of libtorch, has no such device.</exception>
    public BenchPlace(string deviceName, string precisionName)
    {
        (DeviceName, PrecisionName) = (deviceName, precisionName);
        Device = new Device(TorchDevices.Open(deviceName));
        Type = precisionName == HalfName ? ScalarType.BFloat16 : ScalarType.Float32;
    }

    public string DeviceName { get; }

    public string PrecisionName { get; }

    public Device Device { get; }

    public ScalarType Type { get; }

    /// <summary>What the same operations may differ by, done twice: a rounding, carried on.</summary>
    public double MostDifference => Type == ScalarType.BFloat16 ? 2e-2 : 1e-4;

    private bool IsCuda => Device.type == DeviceType.CUDA;

    /// <summary>Waits until the device has done what it was given.</summary>
    public void Wait()
    {
        if (IsCuda)
        {
            cuda.synchronize();
        }
    }

    /// <summary>Bytes that a run takes at most beyond what is held before it: of the process on a CPU, else of the device, where libtorch keeps what it once took.</summary>
    public long PeakOf(Action run)
    {
        if (IsCuda)
        {
            Wait();
            var free = CudaMemory.Free();
            run();
            Wait();
            return free - CudaMemory.Free();
        }

        PeakMemory peak = new();
        run();
        return peak.Bytes;
    }
}
