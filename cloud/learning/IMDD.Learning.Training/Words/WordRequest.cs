using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Networks.Text;

namespace IMDD.Learning.Training.Words;

/// <summary>Asks for a bundle that knows a word more.</summary>
public sealed record WordRequest
{
    /// <summary>Folder of the bundle that is to know it.</summary>
    public required string Model { get; init; }

    /// <summary>Folder of the new bundle; must not be there, or be empty.</summary>
    public required string Folder { get; init; }

    /// <summary>The CLIP that the bundle's rows are made with; null where they are made of letters.</summary>
    public ClipTextEmbedder? Clip { get; init; }

    public required NewWord Word { get; init; }

    /// <summary>Pictures on which the old names must stay.</summary>
    public required IReadOnlyList<DatasetSample> Frozen { get; init; }

    /// <summary>Pictures with confirmed regions of it, in the order in which they are taken; those beyond <see cref="MaxRegions"/> are examples to name.</summary>
    public IReadOnlyList<DatasetSample> Regions { get; init; } = [];

    /// <summary>What <see cref="Regions"/> call it.</summary>
    public string? RegionClass { get; init; }

    /// <summary>Pictures whose regions become part of the row; none: the row is of the word alone.</summary>
    public int MaxRegions { get; init; } = 5;

    public WordOptions Options { get; init; } = new();

    public required DateTimeOffset CreatedAt { get; init; }
}
