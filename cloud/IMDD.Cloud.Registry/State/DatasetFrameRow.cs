namespace IMDD.Cloud.Registry.State;

/// <summary>A labelled frame of a training set.</summary>
public sealed class DatasetFrameRow
{
    public required string Dataset { get; init; }

    /// <summary>Digest of the picture.</summary>
    public required string Frame { get; init; }

    /// <summary>A <see cref="IMDD.Contracts.Registry.DatasetSide"/>.</summary>
    public required string Side { get; init; }

    public required bool Failed { get; init; }

    /// <summary>Names of its defects, each once, in order, separated by line feeds.</summary>
    public required string Classes { get; init; }
}
