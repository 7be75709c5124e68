using System.Buffers.Binary;

namespace IMDD.Safetensors;

/// <summary>Floating-point elements as 32-bit floats.</summary>
internal static class ElementReader
{
    public static float[] Singles(SafetensorsType type, ReadOnlySpan<byte> bytes, float[] values)
    {
        var size = type.Bytes();
        for (var index = 0; index < values.Length; index++)
        {
            var element = bytes.Slice(index * size, size);
            values[index] = type switch
            {
                SafetensorsType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                SafetensorsType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                // The upper half of a 32-bit float.
                SafetensorsType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                _ => BinaryPrimitives.ReadSingleLittleEndian(element),
            };
        }

        return values;
    }
}
