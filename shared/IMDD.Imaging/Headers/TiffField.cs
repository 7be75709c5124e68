using System.Buffers.Binary;

namespace IMDD.Imaging.Headers;

/// <summary>The values of one directory entry, of type SHORT or LONG, checked to lie within the file.</summary>
internal readonly ref struct TiffField(ReadOnlySpan<byte> values, int elementSize, bool littleEndian)
{
    private readonly ReadOnlySpan<byte> _values = values;

    public int Count => _values.Length / elementSize;

    public uint this[int index]
    {
        get
        {
            var element = _values.Slice(index * elementSize, elementSize);
            if (elementSize == 2)
            {
                return littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(element) : BinaryPrimitives.ReadUInt16BigEndian(element);
            }

            return littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(element) : BinaryPrimitives.ReadUInt32BigEndian(element);
        }
    }
}
