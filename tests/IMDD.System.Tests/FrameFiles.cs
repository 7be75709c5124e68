using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace IMDD.System.Tests;

/// <summary>Small grey PNG pictures (ISO/IEC 15948), seeded; written here, so that the judge's inputs owe nothing to the product.</summary>
internal static class FrameFiles
{
    private const int Size = 96;

    public static void Write(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"frame-{i}.png"), Png(new Random(i), withSpot: i % 2 == 1));
        }
    }

    private static byte[] Png(Random random, bool withSpot)
    {
        using var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < Size; y++)
            {
                deflate.WriteByte(0); // filter: none
                for (var x = 0; x < Size; x++)
                {
                    var isSpot = withSpot && Math.Abs(x - 40) < 6 && Math.Abs(y - 50) < 6;
                    deflate.WriteByte((byte)(isSpot ? 250 : 100 + random.Next(8)));
                }
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Size);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Size);
        header[8] = 8; // bits; colour type 0: grey
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, rows.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32([.. type, .. data]));
        file.Write(number);
    }
}
