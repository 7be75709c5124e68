namespace IMDD.Learning.Weights.Configurations;

/// <summary>Names of the paper's modes, as configurations and commands write them.</summary>
public static class PaperModeNames
{
    private static readonly (string Name, PaperModes Mode)[] Names =
    [
        ("conditioning", PaperModes.Conditioning), ("mask_loss", PaperModes.MaskLoss), ("grounding", PaperModes.Grounding),
        ("initialisation", PaperModes.Initialisation),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(known => known.Name)];

    /// <summary>The modes of these names.</summary>
    /// <param name="names">Any order.</param>
    /// <param name="unknown">Every one that is none.</param>
    public static PaperModes Parse(IReadOnlyList<string> names, out IReadOnlyList<string> unknown)
    {
        unknown = [.. names.Where(name => !All.Contains(name))];
        return Names.Where(known => names.Contains(known.Name)).Aggregate(PaperModes.None, (modes, known) => modes | known.Mode);
    }

    /// <summary>The names of modes.</summary>
    public static IReadOnlyList<string> Of(PaperModes modes) => [.. Names.Where(known => modes.HasFlag(known.Mode)).Select(known => known.Name)];
}
