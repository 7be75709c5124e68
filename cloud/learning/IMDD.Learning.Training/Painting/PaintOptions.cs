namespace IMDD.Learning.Training.Painting;

/// <summary>What is painted, and how.</summary>
public sealed record PaintOptions
{
    private const int MaxSteps = 1_000;
    private const double MaxGuidance = 100;

    /// <summary>What the picture, or its painted region, is to show.</summary>
    public required string Text { get; init; }

    /// <summary>Share of the steps that are taken. 0: nothing but the autoencoder's reconstruction; 1: what was there does not matter.</summary>
    public double Strength { get; init; } = 0.8;

    /// <summary>Steps of a whole way from noise to picture.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>How far beyond the prediction with the text to go; 1: that prediction itself, at half the cost.</summary>
    public double Guidance { get; init; } = 7.5;

    /// <summary>Seed of all noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The way from noise to picture.</summary>
    public PaintSampler Sampler { get; init; } = PaintSampler.Dpm;

    /// <summary>Steps that are taken.</summary>
    public int StepsTaken => (int)Math.Floor(Strength * Steps);

    /// <summary>Throws unless this can be painted.</summary>
    /// <exception cref="ArgumentException">With every option that is off.</exception>
    public void Validate()
    {
        List<string> problems = [];
        Check(Strength is >= 0 and <= 1, nameof(Strength), Strength, "0 to 1");
        Check(Steps is >= 1 and <= MaxSteps, nameof(Steps), Steps, $"1 to {MaxSteps}");
        Check(Guidance is >= 0 and <= MaxGuidance, nameof(Guidance), Guidance, $"0 to {MaxGuidance}");
        Check(Seed >= 0, nameof(Seed), Seed, "at least 0");
        Check(
            problems.Count > 0 || Strength is 0 || StepsTaken > 0, nameof(Strength), Strength, $"0, or at least 1/{Steps}: of {Steps} steps less takes none");
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
