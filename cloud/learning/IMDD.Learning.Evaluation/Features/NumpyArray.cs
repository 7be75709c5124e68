using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Features;

/// <summary>
/// NumPy's file format for one array (numpy.org/doc/stable/reference/generated/numpy.lib.format): magic, version, length of the header, a Python
/// dictionary with type, order and shape, and the numbers.
/// </summary>
internal static partial class NumpyArray
{
    private const int VersionAt = 6;
    private const int LengthAt = 8;
    private const int MaxHeaderBytes = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="FeatureFileException">Not a matrix of little-endian floats in C order.</exception>
    public static Matrix<double> Parse(ReadOnlySpan<byte> file, string path)
    {
        if (file.Length < LengthAt + sizeof(uint) || !file.StartsWith(Magic))
        {
            throw Refused(path, "does not begin as a NumPy file");
        }

        var isFirst = file[VersionAt] == 1;
        long length = isFirst ? BinaryPrimitives.ReadUInt16LittleEndian(file[LengthAt..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[LengthAt..]);
        var start = LengthAt + (isFirst ? sizeof(ushort) : sizeof(uint));
        if (length > MaxHeaderBytes || start + length > file.Length)
        {
            throw Refused(path, $"has a header of {length} bytes in a file of {file.Length}");
        }

        var header = Encoding.Latin1.GetString(file.Slice(start, (int)length));
        var type = TypePattern().Match(header).Groups["type"].Value;
        var shape = ShapePattern().Match(header);
        if (type is not ("<f4" or "<f8") || !FortranPattern().IsMatch(header) || !shape.Success
            || !int.TryParse(shape.Groups["rows"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups["columns"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var columns))
        {
            throw Refused(path, $"says {(header.Length <= 200 ? header.Trim() : header[..200] + "…")}");
        }

        var data = file[(start + (int)length)..];
        var size = type == "<f4" ? sizeof(float) : sizeof(double);
        if (rows < 1 || columns < 1 || data.Length != (long)rows * columns * size)
        {
            throw Refused(path, $"says [{rows}, {columns}] of {size} bytes each and holds {data.Length} bytes");
        }

        var matrix = Matrix<double>.Build.Dense(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var at = data[((i * columns + j) * size)..];
                matrix[i, j] = size == sizeof(float) ? BinaryPrimitives.ReadSingleLittleEndian(at) : BinaryPrimitives.ReadDoubleLittleEndian(at);
            }
        }

        return matrix;
    }

    private static FeatureFileException Refused(string path, string found)
        => new($"'{path}' {found}: expected a NumPy array of float32 or float64, little-endian, in C order, of shape (samples, numbers).");

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order':\s*False", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FortranPattern();

    [GeneratedRegex(@"'shape':\s*\((?<rows>\d+),\s*(?<columns>\d+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShapePattern();
}
