using IMDD.Contracts.Events;

namespace IMDD.Imaging.Masks;

/// <summary>
/// COCO's compressed run-length encoding of a binary mask. Runs alternate zeros and ones, zeros first, down the columns. From the fourth
/// count on, a count is stored as its difference from the count two before. Numbers are written in groups of five bits, least significant
/// first, each as one character from <c>'0'</c> on: bit 5 says that another group follows, bit 4 of the last group is the sign.
/// </summary>
public static class CocoRle
{
    private const int FirstCharacter = 48;
    private const int Continues = 0x20;
    private const int Payload = 0x1F;
    private const int SignBit = 0x10;
    private const int BitsPerGroup = 5;

    // 35 bits with sign hold every count up to int.MaxValue and every difference of two of them.
    private const int MaxGroups = 7;

    /// <summary>Encodes a mask of the whole frame, row-major, non-zero is set.</summary>
    /// <param name="mask"><c>height × width</c> bytes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static MaskRle Encode(ReadOnlySpan<byte> mask, int width, int height)
        => Encode(mask, new MaskPlacement(width, height, 0, 0, 1), width, height);

    /// <summary>Encodes a small mask that stands somewhere in a larger frame, each of its elements a square of pixels of that frame.</summary>
    /// <param name="cells">Row-major elements of the small mask, non-zero is set.</param>
    /// <param name="placement">Where it stands.</param>
    /// <param name="frameWidth">Pixels of the whole frame; what reaches over its edge is cut off.</param>
    /// <param name="frameHeight">Pixels of the whole frame.</param>
    public static MaskRle Encode(ReadOnlySpan<byte> cells, MaskPlacement placement, int frameWidth, int frameHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, placement.Width * placement.Height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)frameWidth * frameHeight, int.MaxValue);
        CountsWriter writer = new();
        for (var column = 0; column < placement.Width; column++)
        {
            var (left, right) = placement.Columns(column, frameWidth);
            for (var x = left; x < right; x++)
            {
                var row = 0;
                while (row < placement.Height)
                {
                    if (cells[(row * placement.Width) + column] == 0)
                    {
                        row++;
                        continue;
                    }

                    var start = row;
                    do
                    {
                        row++;
                    }
                    while (row < placement.Height && cells[(row * placement.Width) + column] != 0);

                    var top = placement.Rows(start, frameHeight).Start;
                    var bottom = placement.Rows(row - 1, frameHeight).End;
                    writer.Run(((long)x * frameHeight) + top, bottom - top);
                }
            }
        }

        return new MaskRle([frameHeight, frameWidth], writer.Finish((long)frameWidth * frameHeight));
    }

    /// <summary>The counts of a mask, zeros first. They are not negative and add up to the size of the frame.</summary>
    /// <exception cref="FormatException">Not the encoding of a mask of that size; the message says where.</exception>
    public static IReadOnlyList<long> Counts(MaskRle rle)
    {
        var total = Size(rle, out _, out _);
        List<long> counts = [];
        long sum = 0;
        var text = rle.Counts;
        var position = 0;
        while (position < text.Length)
        {
            var count = ReadNumber(text, ref position);
            if (counts.Count > 2)
            {
                count += counts[^2];
            }

            // A zero-length run after the first would let a short text stand for any number of runs.
            if (count < 0 || (count == 0 && counts.Count > 0))
            {
                throw new FormatException($"Mask count {counts.Count} is {count}; expected a positive number.");
            }

            sum += count;
            if (sum > total)
            {
                throw new FormatException($"Mask counts reach {sum} after {counts.Count + 1} runs; the mask has {total} pixels.");
            }

            counts.Add(count);
        }

        return sum == total ? counts : throw new FormatException($"Mask counts add up to {sum}; expected {total}.");
    }

    /// <summary>The mask, row-major, 1 where set.</summary>
    /// <param name="rle">The encoding.</param>
    /// <param name="maxPixels">Larger masks are refused before anything is allocated.</param>
    /// <exception cref="FormatException">Not a mask, or larger.</exception>
    public static byte[] Decode(MaskRle rle, long maxPixels = 64L << 20)
    {
        var total = Size(rle, out var width, out var height);
        if (total > maxPixels)
        {
            throw new FormatException($"Mask is {width} x {height}; at most {maxPixels} pixels are decoded.");
        }

        var mask = new byte[total];
        foreach (var (start, length) in Runs(rle))
        {
            for (var position = start; position < start + length; position++)
            {
                mask[((position % height) * width) + (position / height)] = 1;
            }
        }

        return mask;
    }

    /// <summary>Number of pixels set.</summary>
    /// <exception cref="FormatException">Not the encoding of a mask.</exception>
    public static long Area(MaskRle rle) => Runs(rle).Sum(run => run.Length);

    /// <summary><c>[x, y, width, height]</c> of the pixels set; all zero for an empty mask.</summary>
    /// <exception cref="FormatException">Not the encoding of a mask.</exception>
    public static IReadOnlyList<int> BoundingBox(MaskRle rle)
    {
        _ = Size(rle, out _, out var height);
        long left = long.MaxValue;
        long top = long.MaxValue;
        long right = -1;
        long bottom = -1;
        foreach (var (start, length) in Runs(rle))
        {
            var last = start + length - 1;
            left = Math.Min(left, start / height);
            right = Math.Max(right, last / height);

            // A run that goes on into the next column covers the top of that and the bottom of this one.
            var wraps = start / height != last / height;
            top = Math.Min(top, wraps ? 0 : start % height);
            bottom = Math.Max(bottom, wraps ? height - 1 : last % height);
        }

        return right < 0 ? [0, 0, 0, 0] : [(int)left, (int)top, (int)(right - left + 1), (int)(bottom - top + 1)];
    }

    private static IEnumerable<(long Start, long Length)> Runs(MaskRle rle)
    {
        long position = 0;
        var set = false;
        foreach (var count in Counts(rle))
        {
            if (set)
            {
                yield return (position, count);
            }

            position += count;
            set = !set;
        }
    }

    private static long Size(MaskRle rle, out int width, out int height)
    {
        if (rle.Size is not [var rows and > 0, var columns and > 0])
        {
            throw new FormatException($"Mask size is [{string.Join(", ", rle.Size)}]; expected [height, width].");
        }

        height = rows;
        width = columns;
        return (long)rows * columns;
    }

    private static long ReadNumber(string text, ref int position)
    {
        long number = 0;
        for (var group = 0; group < MaxGroups; group++)
        {
            if (position >= text.Length)
            {
                throw new FormatException("Mask counts end within a number.");
            }

            var bits = text[position] - FirstCharacter;
            if (bits is < 0 or > 63)
            {
                throw new FormatException($"Mask counts have character U+{(int)text[position]:X4} at {position}; expected '0' to 'o'.");
            }

            position++;
            number |= (long)(bits & Payload) << (BitsPerGroup * group);
            if ((bits & Continues) == 0)
            {
                return (bits & SignBit) == 0 ? number : number | (-1L << (BitsPerGroup * (group + 1)));
            }
        }

        throw new FormatException($"Mask counts have a number of more than {MaxGroups} characters before {position}.");
    }
}
