namespace IMDD.Safetensors;

/// <summary>Where a tensor lies in a file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major; none for a scalar.</param>
/// <param name="Begin">First byte, from the start of the data.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Elements => (End - Begin) / Type.Bytes();

    /// <summary>Number of bytes.</summary>
    public long Length => End - Begin;

    /// <summary>As in <c>F32 [320, 4, 3, 3]</c>.</summary>
    public override string ToString() => $"{Type.Name()} [{string.Join(", ", Shape)}]";
}
