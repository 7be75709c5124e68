using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>Writes <c>groundTruth.Segmentation</c> as MATLAB does: a compressed struct, doubles stored as bytes.</summary>
public static class MatlabFixture
{
    public static byte[] Segmentation(int rows, int columns, byte[] columnMajor)
    {
        var matrix = Element(14, [.. Flags(6), .. Element(5, [.. Int(rows), .. Int(columns)]), .. Element(1, []), .. Element(2, columnMajor)]);
        var names = new byte[32];
        Encoding.ASCII.GetBytes("Segmentation").CopyTo(names, 0);
        var structure = Element(14,
        [
            .. Flags(2), .. Element(5, [.. Int(1), .. Int(1)]), .. Element(1, Encoding.ASCII.GetBytes("groundTruth")),
            .. SmallInt(32), .. Element(1, names), .. matrix,
        ]);
        using MemoryStream compressed = new();
        using (ZLibStream stream = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(structure);
        }

        var header = new byte[128];
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file".PadRight(116)).CopyTo(header, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(124), 0x0100);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(126), 0x4D49);
        return [.. header, .. Int(15), .. Int((int)compressed.Length), .. compressed.ToArray()];
    }

    private static byte[] Flags(int matrixClass) => Element(6, [.. Int(matrixClass), .. Int(0)]);

    private static byte[] SmallInt(int value) => [5, 0, 4, 0, .. Int(value)];

    private static byte[] Element(int type, byte[] data) => [.. Int(type), .. Int(data.Length), .. data, .. new byte[(8 - data.Length % 8) % 8]];

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
