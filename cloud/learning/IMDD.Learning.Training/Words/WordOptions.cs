namespace IMDD.Learning.Training.Words;

/// <summary>How a word is tried before it becomes part of a bundle.</summary>
public sealed record WordOptions
{
    /// <summary>Points of naming that the old names may lose, 0 to 100: all together, and each by itself.</summary>
    public double MaxLostPoints { get; init; } = 1;

    /// <summary>
    /// Lowest threshold of the new row, 0 to 1. Null: somewhat below what the regions reach that it was made of, or 0.1 for a word alone.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>Share of the examples found that must get the name, 0 to 1; at least one of them must in any case.</summary>
    public double LeastNamed { get; init; }

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (MaxLostPoints is not (>= 0 and <= 100))
        {
            throw new ArgumentException($"{nameof(MaxLostPoints)} is {MaxLostPoints}: expected 0 to 100.");
        }

        if (LeastNamed is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"{nameof(LeastNamed)} is {LeastNamed}: expected 0 to 1.");
        }

        if (Threshold is not (null or (>= 0 and <= 1)))
        {
            throw new ArgumentException($"{nameof(Threshold)} is {Threshold}: expected 0 to 1.");
        }
    }
}
