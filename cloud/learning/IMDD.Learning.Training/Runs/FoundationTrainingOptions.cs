using System.Text.Json.Serialization;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;

namespace IMDD.Learning.Training.Runs;

/// <summary>How a foundation model is trained.</summary>
public sealed record FoundationTrainingOptions
{
    /// <summary>Which model.</summary>
    public required FoundationConfiguration Configuration { get; init; }

    /// <summary>Side of a crop, pixels: a multiple of the model's stride; null for four strides, which is the least that the mask generator has some room in.</summary>
    public int? Side { get; init; }

    /// <summary>Crops a step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Steps of the first stage: denoising network and implicit captioner.</summary>
    public long Steps { get; init; } = 1_000;

    /// <summary>Steps of the second stage: mask generator and naming head.</summary>
    public long MaskSteps { get; init; } = 1_000;

    /// <summary>Whether the implicit captioner goes on learning in the second stage, through the denoising network, which stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TrainsCaptioner { get; init; }

    /// <summary>Seed of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Highest learning rate of both stages.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Batches a step: their mean gradient moves the weights.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>How much of the running mean of the trained weights stays at each step; each stage ends with the mean. Null: it ends with the weights themselves.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Whether the denoising network keeps its layers' inputs alone.</summary>
    public bool IsCheckpointed { get; init; }

    /// <summary>What the denoising network computes in during the first stage; its weights are kept in 32 bits always.</summary>
    public NumberFormat Precision { get; init; } = NumberFormat.Single;

    /// <summary>Where the model lies and computes. On another device a run ends in other last bits, so that it does not go on there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DeviceType Device { get; init; } = DeviceType.CPU;

    /// <summary>Steps between checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Threads of libtorch.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Side of a crop, pixels.</summary>
    public int CropSide => Side ?? 4 * Configuration.Stride;

    /// <summary>Throws unless a run can start.</summary>
    /// <exception cref="ArgumentException">With every option that is off.</exception>
    public void Validate()
    {
        List<string> problems = [];
        var largest = Networks.FoundationNetwork.MaxLatentSide * Configuration.LatentStride;
        Check(
            CropSide % Configuration.Stride == 0 && CropSide > 0 && CropSide <= largest,
            nameof(Side),
            CropSide,
            $"a multiple of {Configuration.Stride}, the stride of '{Configuration.Name}', to {largest}");
        Check(BatchSize is >= 2 and <= 1024, nameof(BatchSize), BatchSize, "2 to 1024");
        Check(Steps >= 0, nameof(Steps), Steps, "at least 0");
        Check(MaskSteps >= 0, nameof(MaskSteps), MaskSteps, "at least 0");
        Check(Steps + MaskSteps > 0, $"{nameof(Steps)} + {nameof(MaskSteps)}", Steps + MaskSteps, "at least 1");
        Check(!TrainsCaptioner || MaskSteps > 0, nameof(TrainsCaptioner), TrainsCaptioner, $"false where {nameof(MaskSteps)} is 0");
        Check(Accumulation is >= 1 and <= 4096, nameof(Accumulation), Accumulation, "1 to 4096");
        Check(AverageDecay is null or (> 0 and < 1), nameof(AverageDecay), AverageDecay, "between 0 and 1");
        Check(LearningRate is > 0 and < 1, nameof(LearningRate), LearningRate, "between 0 and 1");
        Check(CheckpointEvery > 0, nameof(CheckpointEvery), CheckpointEvery, "at least 1");
        Check(Threads is > 0 and <= 256, nameof(Threads), Threads, "1 to 256");
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems));
        }

        void Check<T>(bool valid, string name, T value, string expected)
        {
            if (!valid)
            {
                problems.Add($"{name} is {value}: expected {expected}.");
            }
        }
    }
}
