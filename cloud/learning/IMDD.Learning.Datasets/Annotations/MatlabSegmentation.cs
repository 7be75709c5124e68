using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using IMDD.Learning.Datasets.Files;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>
/// The <c>Segmentation</c> field of the struct <c>groundTruth</c> in a MATLAB level 5 MAT-file (little endian), as CrackForest writes it:
/// a matrix of region numbers, column-major.
/// </summary>
public sealed record MatlabSegmentation(int Width, int Height, byte[] Values)
{
    private const int HeaderBytes = 128;
    private const int MaxInflatedBytes = 64 << 20;
    private const int MaxDepth = 8;
    private const int TypeInt8 = 1;
    private const int TypeUInt8 = 2;
    private const int TypeInt32 = 5;
    private const int TypeMatrix = 14;
    private const int TypeCompressed = 15;
    private const int ClassStruct = 2;
    private const int ClassCell = 1;
    private const int ClassDouble = 6;
    private const int ClassUInt64 = 15;

    /// <summary>Parses one file; values are row-major.</summary>
    /// <exception cref="AnnotationException">Not such a file.</exception>
    public static MatlabSegmentation Parse(byte[] file)
    {
        if (file.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(126)) != 0x4D49)
        {
            throw new AnnotationException("It is not a little-endian MATLAB level 5 file.");
        }

        return Find(file.AsMemory(HeaderBytes), "", 0) ?? throw new AnnotationException("It has no numeric matrix 'Segmentation'.");
    }

    private static MatlabSegmentation? Find(ReadOnlyMemory<byte> elements, string field, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new AnnotationException($"It is nested deeper than {MaxDepth} elements.");
        }

        while (elements.Length >= 8)
        {
            var (type, data, next) = Element(elements);
            var found = type switch
            {
                TypeCompressed => Find(Inflate(data), field, depth + 1),
                TypeMatrix => Matrix(data, field, depth + 1),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }

            elements = elements[next..];
        }

        return null;
    }

    private static MatlabSegmentation? Matrix(ReadOnlyMemory<byte> matrix, string field, int depth)
    {
        if (matrix.Length < 8)
        {
            return null;
        }

        var (_, flags, afterFlags) = Element(matrix);
        var (dimensionType, dimensions, afterDimensions) = Element(matrix[afterFlags..]);
        var (_, _, afterName) = Element(matrix[(afterFlags + afterDimensions)..]);
        var content = matrix[(afterFlags + afterDimensions + afterName)..];
        if (flags.Length < 8 || dimensionType != TypeInt32 || dimensions.Length < 8)
        {
            throw new AnnotationException("A matrix has malformed flags or dimensions.");
        }

        switch (flags.Span[0])
        {
            case ClassStruct:
                return Struct(content, depth);
            case ClassCell:
                return Find(content, field, depth);
            // Of any numeric class: MATLAB stores small whole numbers in one byte whatever the class.
            case >= ClassDouble and <= ClassUInt64 when field == "Segmentation":
                return Pixels(content, BinaryPrimitives.ReadInt32LittleEndian(dimensions.Span), BinaryPrimitives.ReadInt32LittleEndian(dimensions.Span[4..]));
            default:
                return null;
        }
    }

    private static MatlabSegmentation? Struct(ReadOnlyMemory<byte> content, int depth)
    {
        var (lengthType, lengthBytes, afterLength) = Element(content);
        var (_, names, afterNames) = Element(content[afterLength..]);
        if (lengthType != TypeInt32 || lengthBytes.Length < 4)
        {
            throw new AnnotationException("A struct has malformed field names.");
        }

        var nameLength = BinaryPrimitives.ReadInt32LittleEndian(lengthBytes.Span);
        if (nameLength is <= 0 or > 256)
        {
            throw new AnnotationException($"A struct has field names of {nameLength} bytes.");
        }

        var fields = content[(afterLength + afterNames)..];
        for (var at = 0; at + nameLength <= names.Length && fields.Length >= 8; at += nameLength)
        {
            var name = Encoding.ASCII.GetString(names.Span.Slice(at, nameLength)).TrimEnd('\0');
            var (type, data, next) = Element(fields);
            if (type == TypeMatrix && Matrix(data, name, depth + 1) is { } found)
            {
                return found;
            }

            fields = fields[next..];
        }

        return null;
    }

    private static MatlabSegmentation Pixels(ReadOnlyMemory<byte> content, int height, int width)
    {
        var (type, data, _) = Element(content);
        if (type is not (TypeUInt8 or TypeInt8) || height <= 0 || width <= 0 || (long)width * height != data.Length)
        {
            throw new AnnotationException($"'Segmentation' has {data.Length} bytes: expected {height}×{width} of one byte each.");
        }

        var values = new byte[data.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                values[y * width + x] = data.Span[x * height + y];
            }
        }

        return new MatlabSegmentation(width, height, values);
    }

    /// <summary>A data element: its type, its bytes, and where the next one starts. Small elements keep type and size in one word.</summary>
    private static (int Type, ReadOnlyMemory<byte> Data, int Next) Element(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 8)
        {
            throw new AnnotationException("It is cut short within an element.");
        }

        var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span);
        if (word >> 16 is > 0 and <= 4 and var small)
        {
            return ((int)(word & 0xFFFF), bytes.Slice(4, (int)small), 8);
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[4..]);
        if (size > bytes.Length - 8)
        {
            throw new AnnotationException($"An element claims {size} bytes where {bytes.Length - 8} are left.");
        }

        var padded = word == TypeCompressed ? (int)size : (int)((size + 7) / 8 * 8);
        return ((int)word, bytes.Slice(8, (int)size), Math.Min(bytes.Length, 8 + padded));
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> compressed)
    {
        try
        {
            using var inflated = new MemoryStream();
            using var stream = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                if (inflated.Length + read > MaxInflatedBytes)
                {
                    throw new AnnotationException($"It inflates to more than {MaxInflatedBytes} bytes.");
                }

                inflated.Write(buffer, 0, read);
            }

            return inflated.GetBuffer().AsMemory(0, (int)inflated.Length);
        }
        catch (InvalidDataException e)
        {
            throw new AnnotationException($"Its compressed data is damaged: {e.Message}", e);
        }
    }
}
