using System.Text.Json.Serialization;

namespace IMDD.Learning.Networks;

/// <summary>What shapes an <see cref="EdgeNetwork"/>. Together with the weights it makes the network again.</summary>
public sealed record EdgeNetworkOptions
{
    /// <summary>Height and width of a picture are multiples of this.</summary>
    public const int Stride = 32;

    /// <summary>More classes beside the rest than this are to be learned into it.</summary>
    public const int MaxSideBranches = 8;

    /// <summary>How large.</summary>
    public NetworkSize Size { get; init; } = NetworkSize.Small;

    /// <summary>Input pixels per output pixel, each way: 2 or 4.</summary>
    public int OutputStride { get; init; } = 4;

    /// <summary>True for a network that compares the picture with a known-good one of the same view.</summary>
    public bool UsesReference { get; init; }

    /// <summary>Length of a pixel's embedding and of a row of text.</summary>
    public int EmbeddingLength { get; init; } = 64;

    /// <summary>True for a network in which the cells of the deepest map look at each other; those described before there was such a thing have none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Attention { get; init; }

    /// <summary>
    /// True for a network that looks at pictures at twice their size, each way, which takes four times as long: defects of a few pixels are otherwise lost in the first
    /// strides. All sizes that are said of it, strides too, are of the pictures as they are.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Doubled { get; init; }

    /// <summary>Pixels of what the network looks at per output pixel, each way.</summary>
    [JsonIgnore]
    public int MapStride => Doubled ? 2 * OutputStride : OutputStride;

    /// <summary>Classes that were learned after the rest, each in a branch of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SideBranches { get; init; }

    /// <summary>Throws unless a network can be made of these.</summary>
    /// <exception cref="ArgumentException">The message names the option and what was expected.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Size))
        {
            throw new ArgumentException($"{nameof(Size)} is {Size}: expected nano, small or base.");
        }

        if (OutputStride is not (2 or 4))
        {
            throw new ArgumentException($"{nameof(OutputStride)} is {OutputStride}: expected 2 or 4.");
        }

        if (Doubled && OutputStride != 2)
        {
            throw new ArgumentException($"{nameof(OutputStride)} is {OutputStride}: expected 2 of a network that looks at pictures at twice their size.");
        }

        if (EmbeddingLength is < 8 or > 1024)
        {
            throw new ArgumentException($"{nameof(EmbeddingLength)} is {EmbeddingLength}: expected 8 to 1024.");
        }

        if (SideBranches is < 0 or > MaxSideBranches)
        {
            throw new ArgumentException($"{nameof(SideBranches)} is {SideBranches}: expected 0 to {MaxSideBranches}; more classes are to be learned into the network itself.");
        }
    }
}
