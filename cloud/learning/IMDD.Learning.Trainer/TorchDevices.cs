using System.CommandLine;
using IMDD.Learning.Training;
using TorchSharp;

namespace IMDD.Learning.Trainer;

/// <summary>Where libtorch computes, by the names of the command line.</summary>
internal static class TorchDevices
{
    /// <summary>What <c>--device</c> takes.</summary>
    public static readonly string[] Names = [CpuName, CudaName];

    private const string CpuName = "cpu";
    private const string CudaName = "cuda";

    /// <summary><c>--device</c>, the CPU where it is not given.</summary>
    public static Option<string> CreateOption()
    {
        Option<string> device = new("--device")
        {
            Description = $"{CpuName}, or {CudaName} in a program built with -p:Accelerator=cuda.",
            DefaultValueFactory = _ => CpuName,
        };
        device.AcceptOnlyFromAmong(Names);
        return device;
    }

    /// <summary>A device that is there.</summary>
    /// <exception cref="TrainingException">This machine, or this build of libtorch, has no such device.</exception>
    public static DeviceType Open(string name)
    {
        if (name == CpuName)
        {
            return DeviceType.CPU;
        }

        return torch.cuda_is_available()
            ? DeviceType.CUDA
            : throw new TrainingException(
                $"--device {name}: libtorch finds no CUDA device here. It takes a machine that has one and a program built with -p:Accelerator=cuda; {CpuName} is everywhere.");
    }
}
