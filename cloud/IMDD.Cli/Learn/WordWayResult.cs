namespace IMDD.Cli.Learn;

/// <summary>What a word is worth, one way or the other, on frames of the new kind that no camera shows.</summary>
public sealed record WordWayResult
{
    /// <summary><c>word</c>: by the sentence alone; <c>regions</c>: with the regions that were painted.</summary>
    public required string Way { get; init; }

    /// <summary>True: the fleet got it.</summary>
    public required bool Released { get; init; }

    /// <summary>Why it was not taken; null: it was.</summary>
    public string? Refusal { get; init; }

    /// <summary>Of the new row.</summary>
    public required double Threshold { get; init; }

    public required int RegionsUsed { get; init; }

    /// <summary>From the word's entry to the moment when every agent decides by it; null where the fleet did not get it.</summary>
    public double? SecondsFromWord { get; init; }

    /// <summary>Null where it is refused so that no bundle can be made of it.</summary>
    public NewKindFigures? New { get; init; }

    /// <summary>As <see cref="LearnResult.OldKindsChangePoints"/>.</summary>
    public double? OldKindsChangePoints { get; init; }
}
