namespace IMDD.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major; none for a scalar.</param>
/// <param name="Write">Writes the elements, little-endian: exactly as many bytes as shape and type say.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>A tensor whose bytes are in memory.</summary>
    public SafetensorsTensor(string name, SafetensorsType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
        : this(name, type, shape, stream => stream.Write(data.Span))
    {
    }

    /// <summary>Number of bytes.</summary>
    public long Length => Shape.Aggregate((long)Type.Bytes(), (product, dimension) => checked(product * dimension));
}
