using System.Text.Json.Serialization;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>How a run trains. Equal options with a number of steps, data and machine give equal weights, bit by bit.</summary>
public sealed record EdgeTrainingOptions
{
    /// <summary>The network.</summary>
    public EdgeNetworkOptions Network { get; init; } = new();

    /// <summary>How crops are cut.</summary>
    public CropOptions Crops { get; init; } = new() { VariesSide = true };

    /// <summary>Shares of the losses.</summary>
    public EdgeLossWeights Losses { get; init; } = new();

    /// <summary>Seed of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Steps; null: as many as <see cref="Minutes"/> allow.</summary>
    public long? Steps { get; init; }

    /// <summary>CPU-minutes of training, without validation: the number of steps is planned when the first ones have been timed, and lowered where later ones take longer.</summary>
    public double Minutes { get; init; } = 10;

    /// <summary>Crops a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Largest norm of all gradients together.</summary>
    public double MaxGradientNorm { get; init; } = 2;

    /// <summary>Decay of the running mean of the weights.</summary>
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>
    /// Share of the weights that the run started from in those of the model that comes out, 0 to below 1. It decides nothing on the way: a run that
    /// has ended can be ended again with another.
    /// </summary>
    [JsonIgnore]
    public double StartShare { get; init; }

    /// <summary>True: the model that comes out alarms on normal pictures hardly more often than the one it started from (<see cref="AlarmGuard"/>). It decides nothing on the way.</summary>
    [JsonIgnore]
    public bool KeepsAlarms { get; init; }

    /// <summary>
    /// True: classes that the start cannot name are learned in branches beside the network, which stays as it is, and nothing else is learned. Without
    /// validation: what there is of a new class is too little to be held back, and the rest does not change.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SideBranch { get; init; }

    /// <summary>Validations in a run.</summary>
    public int Validations { get; init; } = 16;

    /// <summary>Training ends when this many validations in a row were no better.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Steps between checkpoints beside those at validations.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Threads of libtorch. More than one pays only where the cores are free.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// The same with crops that show pictures of a size as a whole at about that size (sides vary around it), as far as crops may be twice as wide as else;
    /// fewer of them in a step, so that it has as many pixels.
    /// </summary>
    /// <param name="sidePx">Of the pictures, the larger one.</param>
    public EdgeTrainingOptions ForWholes(int sidePx)
    {
        var side = Math.Min(sidePx, 2 * Crops.Side) / Crops.Multiple * Crops.Multiple;
        return side <= Crops.Side
            ? this
            : this with { Crops = Crops with { Side = side }, BatchSize = Math.Max(2, BatchSize * Crops.Side * Crops.Side / (side * side)) };
    }

    /// <summary>Throws unless a run can start.</summary>
    /// <exception cref="ArgumentException">With every option that is off.</exception>
    public void Validate()
    {
        Network.Validate();
        List<string> problems = [];
        Check(Crops.Doubled == Network.Doubled, "Crops.Doubled", Crops.Doubled, "as the network's");
        Check(
            Crops.Side % Crops.Multiple == 0 && Crops.Side >= 2 * Crops.Multiple && Crops.Side <= 1024,
            "Crops.Side", Crops.Side, $"a multiple of {Crops.Multiple} from {2 * Crops.Multiple} to 1024");
        Check(Crops.TransplantShare is >= 0 and <= 1, "Crops.TransplantShare", Crops.TransplantShare, "0 to 1");
        Check(Crops.OutputStride == Network.OutputStride, "Crops.OutputStride", Crops.OutputStride, "the network's");
        Check(Steps is null or > 0, nameof(Steps), Steps, "at least 1");
        Check(Minutes > 0, nameof(Minutes), Minutes, "more than 0");
        Check(BatchSize is >= 2 and <= 1024, nameof(BatchSize), BatchSize, "2 to 1024");
        Check(LearningRate is > 0 and < 1, nameof(LearningRate), LearningRate, "between 0 and 1");
        Check(AverageDecay is >= 0 and < 1, nameof(AverageDecay), AverageDecay, "0 to below 1");
        Check(StartShare is >= 0 and < 1, nameof(StartShare), StartShare, "0 to below 1");
        Check(!SideBranch || StartShare == 0, nameof(StartShare), StartShare, "0 beside a network that stays as it is");
        Check(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm, "more than 0");
        Check(Validations > 0, nameof(Validations), Validations, "at least 1");
        Check(Losses.Memory >= 0, "Losses.Memory", Losses.Memory, "at least 0");
        Check(Patience > 0, nameof(Patience), Patience, "at least 1");
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
