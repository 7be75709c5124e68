using IMDD.Imaging;

namespace IMDD.Inference.Tiling;

/// <summary>
/// The tiles along one side of a frame. All have one length; the last one ends where the padded frame ends and shares more with its
/// neighbour. Starts are multiples of the model's stride, so that every output pixel of a tile lies on one of the whole frame's.
/// </summary>
internal sealed class TileAxis
{
    private readonly int[] _starts;
    private readonly int[] _cuts;

    /// <param name="length">Pixels of the frame.</param>
    /// <param name="tile">Pixels of a tile.</param>
    /// <param name="overlap">Pixels that neighbours share at least.</param>
    /// <param name="stride">Of the model's input.</param>
    /// <param name="outputStride">Pixels of an output pixel.</param>
    public TileAxis(int length, int tile, int overlap, int stride, int outputStride)
    {
        Padded = EdgePadding.RoundUp(length, stride);
        Length = LengthIn(length, tile, overlap, stride);
        var step = Length - EdgePadding.RoundUp(overlap, stride);
        var count = Length == Padded ? 1 : ((Padded - Length + step - 1) / step) + 1;
        _starts = new int[count];
        _cuts = new int[count + 1];
        for (var index = 0; index < count; index++)
        {
            _starts[index] = Math.Min(index * step, Padded - Length);
            if (index > 0)
            {
                var middle = (_starts[index] + _starts[index - 1] + Length) / 2;
                _cuts[index] = middle / outputStride * outputStride;
            }
        }

        _cuts[count] = Padded;
    }

    /// <summary>Pixels of the frame with its padding.</summary>
    public int Padded { get; }

    /// <summary>Pixels of every tile.</summary>
    public int Length { get; }

    public int Count => _starts.Length;

    /// <summary>Where a tile begins.</summary>
    public int Start(int index) => _starts[index];

    /// <summary>What a tile answers for: to the middle of what it shares with its neighbours.</summary>
    public (int From, int To) Own(int index) => (_cuts[index], _cuts[index + 1]);

    /// <summary>Pixels of a tile of a frame: no more than the padded frame has.</summary>
    public static int LengthIn(int length, int tile, int overlap, int stride) => Math.Min(TileLength(tile, overlap, stride), EdgePadding.RoundUp(length, stride));

    /// <summary>Pixels of a tile in multiples of the stride, at least one more than it shares.</summary>
    public static int TileLength(int tile, int overlap, int stride)
        => Math.Max(EdgePadding.RoundUp(tile, stride), EdgePadding.RoundUp(overlap, stride) + stride);
}
