using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>Numbers with a shape, row-major and little-endian.</summary>
public sealed class OnnxTensor
{
    private readonly long[] _dimensions;

    private OnnxTensor(OnnxElementType type, long[] dimensions, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        _dimensions = dimensions;
        Bytes = bytes;
    }

    public OnnxElementType Type { get; }

    /// <summary>Outermost first; none for a scalar.</summary>
    public IReadOnlyList<long> Dimensions => _dimensions;

    /// <summary>Number of elements.</summary>
    public long Count => Product(_dimensions);

    /// <summary>The elements as they stand in memory.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 1,
        OnnxElementType.Float16 => 2,
        OnnxElementType.Float or OnnxElementType.Int32 => 4,
        OnnxElementType.Int64 => 8,
        _ => throw new OnnxGraphException($"Element type {type} is not known."),
    };

    /// <summary>A copy of <paramref name="values"/> with a shape.</summary>
    /// <exception cref="OnnxGraphException">The shape holds another number of elements, or there is no element type for them.</exception>
    public static OnnxTensor Of<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged => FromBytes(TypeOf<T>(), dimensions, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Takes <paramref name="bytes"/> as they are: they are not copied, and not to be changed afterwards.</summary>
    /// <exception cref="OnnxGraphException">The shape holds another number of elements.</exception>
    public static OnnxTensor FromBytes(OnnxElementType type, ReadOnlySpan<long> dimensions, ReadOnlyMemory<byte> bytes)
    {
        var elements = Product(dimensions);
        return elements == bytes.Length / SizeOf(type) && bytes.Length % SizeOf(type) == 0
            ? new OnnxTensor(type, dimensions.ToArray(), bytes)
            : throw new OnnxGraphException($"{bytes.Length / SizeOf(type)} values do not fill [{string.Join(", ", dimensions.ToArray())}], which holds {elements}.");
    }

    /// <summary>The elements.</summary>
    /// <exception cref="OnnxGraphException">They are of another type.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
        => TypeOf<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new OnnxGraphException($"{this} does not hold {typeof(T).Name}.");

    /// <summary>The same elements in another shape.</summary>
    public OnnxTensor Reshaped(params ReadOnlySpan<long> dimensions) => FromBytes(Type, dimensions, Bytes);

    /// <summary>The elements as 32-bit floats, whatever their type.</summary>
    public float[] ToSingles() => Type switch
    {
        OnnxElementType.Float => As<float>().ToArray(),
        OnnxElementType.Float16 => Convert(As<Half>(), value => (float)value),
        OnnxElementType.UInt8 => Convert(As<byte>(), value => (float)value),
        OnnxElementType.Int8 => Convert(As<sbyte>(), value => (float)value),
        OnnxElementType.Int32 => Convert(As<int>(), value => (float)value),
        OnnxElementType.Int64 => Convert(As<long>(), value => (float)value),
        _ => Convert(As<bool>(), value => value ? 1f : 0),
    };

    /// <summary>The same numbers as another type, as a cast of C# makes them.</summary>
    public OnnxTensor Cast(OnnxElementType type)
    {
        if (type == Type)
        {
            return this;
        }

        var values = ToSingles();
        return type switch
        {
            OnnxElementType.Float => Of<float>(values, _dimensions),
            OnnxElementType.Float16 => Of<Half>(Convert(values, value => (Half)value), _dimensions),
            OnnxElementType.UInt8 => Of<byte>(Convert(values, value => (byte)value), _dimensions),
            OnnxElementType.Int8 => Of<sbyte>(Convert(values, value => (sbyte)value), _dimensions),
            OnnxElementType.Int32 => Of<int>(Convert(values, value => (int)value), _dimensions),
            OnnxElementType.Int64 => Of<long>(Convert(values, value => (long)value), _dimensions),
            _ => Of<bool>(Convert(values, value => value != 0), _dimensions),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} [{string.Join(", ", _dimensions)}]";

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values, Func<TFrom, TTo> convert)
    {
        var converted = new TTo[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            converted[index] = convert(values[index]);
        }

        return converted;
    }

    private static long Product(ReadOnlySpan<long> dimensions)
    {
        long product = 1;
        foreach (var dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension);
            product = checked(product * dimension);
        }

        return product;
    }

    private static OnnxElementType TypeOf<T>() => typeof(T) == typeof(float) ? OnnxElementType.Float
        : typeof(T) == typeof(Half) ? OnnxElementType.Float16
        : typeof(T) == typeof(byte) ? OnnxElementType.UInt8
        : typeof(T) == typeof(sbyte) ? OnnxElementType.Int8
        : typeof(T) == typeof(int) ? OnnxElementType.Int32
        : typeof(T) == typeof(long) ? OnnxElementType.Int64
        : typeof(T) == typeof(bool) ? OnnxElementType.Bool
        : throw new OnnxGraphException($"{typeof(T).Name} is no element type.");
}
