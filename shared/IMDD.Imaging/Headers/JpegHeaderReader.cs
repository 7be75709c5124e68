using System.Buffers.Binary;

namespace IMDD.Imaging.Headers;

/// <summary>Walks the segments of a JPEG (ITU-T T.81, annex B) without decoding.</summary>
internal static class JpegHeaderReader
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte DefineHuffman = 0xC4;
    private const byte JpegExtension = 0xC8;
    private const byte DefineArithmetic = 0xCC;
    private const byte Temporary = 0x01;

    // A progressive picture has about ten scans. Each costs a pass over the whole picture, so a small file with thousands stops a line.
    private const int MaxScans = 64;

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        var position = 2;
        while (true)
        {
            var marker = NextMarker(encoded, ref position);
            if (IsStandalone(marker))
            {
                continue;
            }

            if (marker is EndOfImage or StartOfScan or StartOfImage)
            {
                throw Reject.Corrupt($"JPEG has no frame header before marker FF{marker:X2}.");
            }

            var segment = ReadSegment(encoded, ref position, marker);
            if (marker is >= 0xC0 and <= 0xCF && marker is not (DefineHuffman or JpegExtension or DefineArithmetic))
            {
                return ReadFrame(marker, segment);
            }
        }
    }

    public static void VerifyComplete(ReadOnlySpan<byte> encoded)
    {
        var position = 2;
        var scans = 0;
        while (true)
        {
            var marker = NextMarker(encoded, ref position);
            if (marker == EndOfImage)
            {
                if (scans == 0)
                {
                    throw Reject.Corrupt("JPEG ends before its first scan.");
                }

                return;
            }

            if (IsStandalone(marker))
            {
                continue;
            }

            _ = ReadSegment(encoded, ref position, marker);
            if (marker == StartOfScan)
            {
                if (++scans > MaxScans)
                {
                    throw Reject.Corrupt($"JPEG has more than {MaxScans} scans.");
                }

                SkipEntropyCoded(encoded, ref position);
            }
        }
    }

    private static ImageHeader ReadFrame(byte marker, ReadOnlySpan<byte> segment)
    {
        if (marker > 0xC2)
        {
            throw Reject.Unsupported($"JPEG of frame type SOF{marker - 0xC0} is not handled; expected baseline, extended or progressive.");
        }

        if (segment.Length < 6)
        {
            throw Reject.CutShort("JPEG frame header", 6, segment.Length);
        }

        int precision = segment[0];
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int components = segment[5];
        if (precision != 8)
        {
            throw Reject.Unsupported($"JPEG of {precision} bits is not handled; expected 8.");
        }

        if (components is not (1 or 3 or 4))
        {
            throw Reject.Unsupported($"JPEG of {components} components is not handled; expected 1, 3 or 4.");
        }

        if (width == 0 || height == 0)
        {
            throw Reject.Corrupt($"JPEG header says {width} x {height}.");
        }

        return new ImageHeader(ImageFormat.Jpeg, width, height, 8, components);
    }

    private static byte NextMarker(ReadOnlySpan<byte> encoded, ref int position)
    {
        if (position >= encoded.Length)
        {
            throw Reject.CutShort("JPEG", (long)position + 2, encoded.Length);
        }

        if (encoded[position] != 0xFF)
        {
            throw Reject.Corrupt($"JPEG has {encoded[position]:X2} at byte {position}; expected a marker.");
        }

        // Any number of FF may pad before a marker (B.1.1.2).
        var offset = encoded[position..].IndexOfAnyExcept((byte)0xFF);
        if (offset < 0)
        {
            throw Reject.CutShort("JPEG", (long)encoded.Length + 1, encoded.Length);
        }

        position += offset + 1;
        return encoded[position - 1];
    }

    private static ReadOnlySpan<byte> ReadSegment(ReadOnlySpan<byte> encoded, ref int position, byte marker)
    {
        if (encoded.Length - position < 2)
        {
            throw Reject.CutShort("JPEG", (long)position + 2, encoded.Length);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(encoded[position..]);
        if (length < 2)
        {
            throw Reject.Corrupt($"JPEG segment FF{marker:X2} at byte {position} has length {length}; expected at least 2.");
        }

        if (encoded.Length - position < length)
        {
            throw Reject.CutShort("JPEG", (long)position + length, encoded.Length);
        }

        var segment = encoded.Slice(position + 2, length - 2);
        position += length;
        return segment;
    }

    private static void SkipEntropyCoded(ReadOnlySpan<byte> encoded, ref int position)
    {
        while (true)
        {
            var offset = encoded[position..].IndexOf((byte)0xFF);
            if (offset < 0 || position + offset + 1 >= encoded.Length)
            {
                throw Reject.CutShort("JPEG", (long)encoded.Length + 1, encoded.Length);
            }

            position += offset;
            var next = encoded[position + 1];
            if (next == 0 || next is >= 0xD0 and <= 0xD7)
            {
                // A stuffed byte or a restart marker: still within the scan.
                position += 2;
            }
            else if (next == 0xFF)
            {
                position++;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsStandalone(byte marker) => marker is Temporary or (>= 0xD0 and <= 0xD7);
}
