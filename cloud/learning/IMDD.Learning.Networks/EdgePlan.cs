namespace IMDD.Learning.Networks;

/// <summary>Channels and blocks of a size. Channels are multiples of 16 where it pays: the width of a vector register in floats.</summary>
/// <param name="Widths">Channels at strides 2, 4, 8, 16, 32.</param>
/// <param name="Blocks">Residual blocks at strides 4, 8, 16, 32.</param>
/// <param name="DecoderWidths">Channels of the decoder at strides 2, 4, 8, 16.</param>
/// <param name="AttentionWidth">Numbers by which cells of stride 32 are compared, where they are.</param>
public sealed record EdgePlan(int[] Widths, int[] Blocks, int[] DecoderWidths, int AttentionWidth)
{
    /// <summary>The plan of a size.</summary>
    public static EdgePlan Of(NetworkSize size) => size switch
    {
        NetworkSize.Nano => new([16, 16, 32, 48, 64], [0, 1, 1, 1], [16, 16, 32, 32], 64),
        NetworkSize.Small => new([16, 32, 48, 96, 128], [0, 1, 1, 2], [16, 32, 48, 64], 128),
        NetworkSize.Base => new([24, 48, 80, 144, 192], [1, 2, 2, 2], [16, 48, 64, 96], 64),
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "Not a known size."),
    };
}
