namespace IMDD.Learning.Onnx.Graph;

/// <summary>How a convolution or a pool moves over its input: one number per spatial dimension.</summary>
/// <param name="Kernel">Size.</param>
/// <param name="Strides">Step.</param>
/// <param name="PadsBefore">Padding before the first element.</param>
/// <param name="PadsAfter">Padding after the last.</param>
/// <param name="Dilations">Distance between the elements that the kernel takes.</param>
public sealed record OnnxWindow(
    IReadOnlyList<long> Kernel, IReadOnlyList<long> Strides, IReadOnlyList<long> PadsBefore, IReadOnlyList<long> PadsAfter, IReadOnlyList<long> Dilations)
{
    /// <summary>Number of spatial dimensions.</summary>
    public int Rank => Kernel.Count;

    /// <summary>The same padding on both sides; what is left out is a stride of one, no padding, no dilation.</summary>
    public static OnnxWindow Of(
        IReadOnlyList<long> kernel, IReadOnlyList<long>? strides = null, IReadOnlyList<long>? padding = null, IReadOnlyList<long>? dilations = null)
        => new(kernel, strides ?? Same(kernel, 1), padding ?? Same(kernel, 0), padding ?? Same(kernel, 0), dilations ?? Same(kernel, 1));

    /// <summary>A square.</summary>
    public static OnnxWindow Square(long kernel, long stride = 1, long padding = 0, long dilation = 1)
        => Of([kernel, kernel], [stride, stride], [padding, padding], [dilation, dilation]);

    internal OnnxAttribute[] Attributes(bool dilations = true) =>
    [
        OnnxAttribute.Ints("kernel_shape", [.. Kernel]),
        OnnxAttribute.Ints("strides", [.. Strides]),
        OnnxAttribute.Ints("pads", [.. PadsBefore, .. PadsAfter]),
        .. dilations ? [OnnxAttribute.Ints("dilations", [.. Dilations])] : Array.Empty<OnnxAttribute>(),
    ];

    /// <summary>Checks that the window has a number for every spatial dimension of <c>[batch, channels, …]</c>.</summary>
    internal void Check(string op, OnnxValue value)
    {
        OnnxCheck.IsFloat(op, value);
        OnnxCheck.HasRank(op, value, Rank + 2);
        foreach (var (numbers, least) in new[] { (Kernel, 1L), (Strides, 1L), (PadsBefore, 0L), (PadsAfter, 0L), (Dilations, 1L) })
        {
            if (numbers.Count != Rank || numbers.Any(number => number < least))
            {
                throw new OnnxGraphException($"{op} got the window {this}; expected {Rank} numbers of each kind, kernel, strides and dilations from 1 on.");
            }
        }
    }

    /// <summary>How many places the window takes along a dimension: floor((length + pads − reach) / stride) + 1.</summary>
    internal OnnxDimension Places(string op, OnnxValue value, int spatial)
    {
        var length = value.Shape[spatial + 2];
        try
        {
            return length.Plus(PadsBefore[spatial] + PadsAfter[spatial] - Reach(spatial)).FloorDividedBy(Strides[spatial]).Plus(1);
        }
        catch (OnnxGraphException exception)
        {
            throw new OnnxGraphException($"{op} got {value}; the window {this} does not fit into it.", exception);
        }
    }

    /// <summary>The same where the last place may reach beyond the end, as PyTorch counts them: it must begin within what is not padding after.</summary>
    internal OnnxDimension PlacesBeyond(string op, OnnxValue value, int spatial)
    {
        var length = value.Shape[spatial + 2];
        var stride = Strides[spatial];
        var room = length.Plus(PadsBefore[spatial] + PadsAfter[spatial] - Reach(spatial) + stride - 1).FloorDividedBy(stride);
        if (length.Value is { } known)
        {
            return room.Value * stride >= known + PadsBefore[spatial] ? room : room.Plus(1);
        }

        return PadsAfter[spatial] - Reach(spatial) + stride - 1 < 0
            ? room.Plus(1)
            : throw new OnnxGraphException($"{op} got {value}; rounding up with the window {this} takes a known length of axis {spatial + 2}.");
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"kernel {Join(Kernel)}, strides {Join(Strides)}, pads {Join(PadsBefore)} and {Join(PadsAfter)}, dilations {Join(Dilations)}";

    private static long[] Same(IReadOnlyList<long> kernel, long number) => [.. kernel.Select(_ => number)];

    private static string Join(IReadOnlyList<long> numbers) => string.Join('×', numbers);

    private long Reach(int spatial) => (Dilations[spatial] * (Kernel[spatial] - 1)) + 1;
}
