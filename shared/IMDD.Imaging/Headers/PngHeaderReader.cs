using System.Buffers.Binary;
using System.IO.Hashing;

namespace IMDD.Imaging.Headers;

/// <summary>Walks the chunks of a PNG (ISO/IEC 15948) without inflating.</summary>
internal static class PngHeaderReader
{
    private const int HeaderLength = 13;

    // Length, type and check sequence of a chunk.
    private const int ChunkOverhead = 12;

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var position = Signature.Length;
        var data = ReadChunk(encoded, ref position, out var type);
        if (!type.SequenceEqual("IHDR"u8) || data.Length != HeaderLength)
        {
            throw Reject.Corrupt("PNG does not start with an IHDR chunk of 13 bytes.");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(data);
        var height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        int depth = data[8];
        int colour = data[9];
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw Reject.Corrupt($"PNG header says {width} x {height}.");
        }

        int? channels = colour switch
        {
            0 when depth is 1 or 2 or 4 or 8 or 16 => 1,
            2 when depth is 8 or 16 => 3,
            3 when depth is 1 or 2 or 4 or 8 => 3,
            4 when depth is 8 or 16 => 2,
            6 when depth is 8 or 16 => 4,
            _ => null,
        };
        if (channels is null || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw Reject.Corrupt($"PNG header has colour type {colour}, depth {depth}, methods {data[10]}, {data[11]}, {data[12]}: not a PNG.");
        }

        return new ImageHeader(ImageFormat.Png, (int)width, (int)height, depth == 16 ? 16 : 8, channels.Value);
    }

    public static void VerifyComplete(ReadOnlySpan<byte> encoded)
    {
        var position = Signature.Length;
        var hasData = false;
        while (true)
        {
            var data = ReadChunk(encoded, ref position, out var type);
            if (type.SequenceEqual("IEND"u8))
            {
                if (!hasData)
                {
                    throw Reject.Corrupt("PNG has no IDAT chunk.");
                }

                return;
            }

            if (type.SequenceEqual("acTL"u8))
            {
                throw Reject.Unsupported("Animated PNG is not handled; expected one picture.");
            }

            hasData |= type.SequenceEqual("IDAT"u8) && data.Length > 0;
        }
    }

    private static ReadOnlySpan<byte> ReadChunk(ReadOnlySpan<byte> encoded, ref int position, out ReadOnlySpan<byte> type)
    {
        if (encoded.Length - position < ChunkOverhead)
        {
            throw Reject.CutShort("PNG", (long)position + ChunkOverhead, encoded.Length);
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(encoded[position..]);
        if (length > encoded.Length - position - ChunkOverhead)
        {
            throw Reject.CutShort("PNG", (long)position + length + ChunkOverhead, encoded.Length);
        }

        var typed = encoded.Slice(position + 4, (int)length + 4);
        var expected = BinaryPrimitives.ReadUInt32BigEndian(encoded[(position + 8 + (int)length)..]);
        var actual = Crc32.HashToUInt32(typed);
        if (actual != expected)
        {
            throw Reject.Corrupt($"PNG chunk at byte {position} fails its check: expected {expected:x8}, got {actual:x8}.");
        }

        position += (int)length + ChunkOverhead;
        type = typed[..4];
        return typed[4..];
    }
}
