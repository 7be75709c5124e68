using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests.Training;

public sealed class PrecisionTrialTests
{
    [Fact]
    public void HasBFloat16_IsWhatTheSystemSaysOfTheProcessor()
    {
        const string Processors = "/proc/cpuinfo";
        Assert.SkipUnless(File.Exists(Processors), $"no {Processors}");
        var flags = File.ReadLines(Processors).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? [];

        PrecisionTrial.HasBFloat16.ShouldBe(flags.Contains("avx512_bf16") || flags.Contains("amx_bf16"));
    }

    [Fact]
    public void Choose_Processor_IsTheFasterOfWhatWasTriedOrSaysWhyNot()
    {
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var choice = PrecisionTrial.Choose(FoundationConfiguration.Of("tiny").Unet, 2, 16, 77, isCheckpointed: false, DeviceType.CPU);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(live);
        if (!PrecisionTrial.HasBFloat16)
        {
            choice.ShouldBe(new PrecisionChoice(NumberFormat.Single, "this processor has no instructions for 16 bits"));
            return;
        }

        var times = System.Text.RegularExpressions.Regex.Match(choice.Reason, @"^a step took (\d+) ms in 32 bits, (\d+) in 16$").Groups.Values.Skip(1).Select(group => int.Parse(group.Value)).ToList();
        times.Count.ShouldBe(2, choice.Reason);
        if (times[0] != times[1])
        {
            choice.Format.ShouldBe(times[1] < times[0] ? NumberFormat.BFloat16 : NumberFormat.Single);
        }
    }

    [Fact]
    public void Choose_Accelerator_Is16BitsUntried()
        => PrecisionTrial.Choose(FoundationConfiguration.Of("sd15").Unet, 64, 128, 77, isCheckpointed: false, DeviceType.CUDA).Format.ShouldBe(NumberFormat.BFloat16);
}
