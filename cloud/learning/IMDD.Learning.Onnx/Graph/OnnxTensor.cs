using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>Numbers with a shape, row-major and little-endian.</summary>
public sealed class OnnxTensor
{
    private readonly long[] _dimensions;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Func<ReadOnlyMemory<byte>>? _read;

    private OnnxTensor(OnnxElementType type, long[] dimensions, ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>>? read = null)
    {
        Type = type;
        _dimensions = dimensions;
        _bytes = bytes;
        _read = read;
    }

    public OnnxElementType Type { get; }

    /// <summary>Outermost first; none for a scalar.</summary>
    public IReadOnlyList<long> Dimensions => _dimensions;

    /// <summary>Number of elements.</summary>
    public long Count => Product(_dimensions);

    /// <summary>Number of bytes of the elements.</summary>
    public long ByteLength => Count * SizeOf(Type);

    /// <summary>The elements as they stand in memory; of a deferred tensor they are read each time they are asked for.</summary>
    /// <exception cref="OnnxGraphException">A deferred tensor's source gives another number of bytes than its shape holds.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            if (_read is null)
            {
                return _bytes;
            }

            var bytes = _read();
            return bytes.Length == ByteLength ? bytes : throw new OnnxGraphException($"{this} got {bytes.Length} bytes; expected {ByteLength}.");
        }
    }

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

    /// <summary>A tensor that lies elsewhere, such as in a file of weights, and is in memory only while someone reads it.</summary>
    /// <param name="type">Of the elements.</param>
    /// <param name="dimensions">Outermost first.</param>
    /// <param name="read">Gives the elements; the same ones each time.</param>
    public static OnnxTensor Deferred(OnnxElementType type, ReadOnlySpan<long> dimensions, Func<ReadOnlyMemory<byte>> read)
    {
        OnnxTensor tensor = new(type, dimensions.ToArray(), default, read);
        return tensor.ByteLength <= Array.MaxLength
            ? tensor
            : throw new OnnxGraphException($"{tensor} has {tensor.ByteLength} bytes; a tensor has at most {Array.MaxLength}.");
    }

    /// <summary>The elements.</summary>
    /// <exception cref="OnnxGraphException">They are of another type.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
        => TypeOf<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new OnnxGraphException($"{this} does not hold {typeof(T).Name}.");

    /// <summary>The same elements in another shape.</summary>
    /// <exception cref="OnnxGraphException">The shape holds another number of elements.</exception>
    public OnnxTensor Reshaped(params ReadOnlySpan<long> dimensions)
    {
        if (_read is null)
        {
            return FromBytes(Type, dimensions, Bytes);
        }

        return Product(dimensions) == Count
            ? Deferred(Type, dimensions, _read)
            : throw new OnnxGraphException($"{this} does not fill [{string.Join(", ", dimensions.ToArray())}].");
    }

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

    /// <summary>Whole numbers or truth values as 64-bit integers.</summary>
    /// <exception cref="OnnxGraphException">They are floats.</exception>
    internal long[] ToWhole() => Type switch
    {
        OnnxElementType.UInt8 => Convert(As<byte>(), value => (long)value),
        OnnxElementType.Int8 => Convert(As<sbyte>(), value => (long)value),
        OnnxElementType.Int32 => Convert(As<int>(), value => (long)value),
        OnnxElementType.Int64 => As<long>().ToArray(),
        OnnxElementType.Bool => Convert(As<bool>(), value => value ? 1L : 0),
        _ => throw new OnnxGraphException($"{this} does not hold whole numbers."),
    };

    /// <summary>The same numbers as another type, as a cast of C# makes them.</summary>
    public OnnxTensor Cast(OnnxElementType type)
    {
        if (type == Type)
        {
            return this;
        }

        if (_read is not null)
        {
            return Deferred(type, _dimensions, () => FromBytes(Type, _dimensions, Bytes).Cast(type).Bytes);
        }

        if (IsWhole(Type) && IsWhole(type))
        {
            var whole = ToWhole();
            return type switch
            {
                OnnxElementType.UInt8 => Of<byte>(Convert(whole, value => (byte)value), _dimensions),
                OnnxElementType.Int8 => Of<sbyte>(Convert(whole, value => (sbyte)value), _dimensions),
                OnnxElementType.Int32 => Of<int>(Convert(whole, value => (int)value), _dimensions),
                _ => Of<long>(whole, _dimensions),
            };
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

    private static bool IsWhole(OnnxElementType type)
        => type is OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Int32 or OnnxElementType.Int64;

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
