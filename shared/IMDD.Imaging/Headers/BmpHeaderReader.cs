using System.Buffers.Binary;

namespace IMDD.Imaging.Headers;

/// <summary>Reads the headers of a Windows bitmap.</summary>
internal static class BmpHeaderReader
{
    private const int FileHeaderLength = 14;
    private const int CoreHeaderLength = 12;
    private const int InfoHeaderLength = 40;
    private const int MaxInfoHeaderLength = 124;
    private const int Uncompressed = 0;
    private const int BitFields = 3;

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var (width, height, bits, _) = ReadInfo(encoded);
        return new ImageHeader(ImageFormat.Bmp, width, height, 8, bits <= 8 ? 1 : bits == 32 ? 4 : 3);
    }

    public static void VerifyComplete(ReadOnlySpan<byte> encoded)
    {
        var (width, height, bits, dataOffset) = ReadInfo(encoded);
        var rowBytes = ((((long)width * bits) + 31) / 32) * 4;
        var expected = dataOffset + (rowBytes * height);
        if (encoded.Length < expected)
        {
            throw Reject.CutShort("BMP", expected, encoded.Length);
        }
    }

    private static (int Width, int Height, int Bits, long DataOffset) ReadInfo(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < FileHeaderLength + CoreHeaderLength)
        {
            throw Reject.CutShort("BMP", FileHeaderLength + CoreHeaderLength, encoded.Length);
        }

        long dataOffset = BinaryPrimitives.ReadUInt32LittleEndian(encoded[10..]);
        var headerLength = BinaryPrimitives.ReadUInt32LittleEndian(encoded[FileHeaderLength..]);
        var info = encoded[FileHeaderLength..];
        int width;
        int height;
        int bits;
        var compression = Uncompressed;
        if (headerLength == CoreHeaderLength)
        {
            width = BinaryPrimitives.ReadUInt16LittleEndian(info[4..]);
            height = BinaryPrimitives.ReadUInt16LittleEndian(info[6..]);
            bits = BinaryPrimitives.ReadUInt16LittleEndian(info[10..]);
        }
        else if (headerLength is < InfoHeaderLength or > MaxInfoHeaderLength)
        {
            throw Reject.Corrupt($"BMP information header says {headerLength} bytes; expected 12 or 40 to 124.");
        }
        else if (info.Length < InfoHeaderLength)
        {
            throw Reject.CutShort("BMP", FileHeaderLength + InfoHeaderLength, encoded.Length);
        }
        else
        {
            width = BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
            height = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
            bits = BinaryPrimitives.ReadUInt16LittleEndian(info[14..]);
            compression = BinaryPrimitives.ReadInt32LittleEndian(info[16..]);

            // Negative: the rows run from top to bottom.
            height = height == int.MinValue ? 0 : Math.Abs(height);
        }

        if (width <= 0 || height == 0)
        {
            throw Reject.Corrupt($"BMP header says {width} x {height}.");
        }

        var plain = compression == Uncompressed && bits is 1 or 4 or 8 or 24 or 32;
        if (!plain && !(compression is Uncompressed or BitFields && bits is 16 or 32))
        {
            throw Reject.Unsupported($"BMP of {bits} bits with compression {compression} is not handled; expected uncompressed.");
        }

        if (dataOffset < FileHeaderLength + headerLength)
        {
            throw Reject.Corrupt($"BMP pixels start at byte {dataOffset}, within the header.");
        }

        return (width, height, bits, dataOffset);
    }
}
