namespace IMDD.Learning.Onnx.Contrast;

/// <summary>One channel of numbers, row-major, and what the contrast model does to it, written plainly in double precision.</summary>
internal sealed class Plane(int width, int height)
{
    private readonly double[] _values = new double[width * height];

    public int Width => width;

    public int Height => height;

    public IReadOnlyList<double> Values => _values;

    public double this[int x, int y]
    {
        get => _values[(y * width) + x];
        set => _values[(y * width) + x] = value;
    }

    public static Plane From(int width, int height, Func<int, int, double> value)
    {
        Plane plane = new(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                plane[x, y] = value(x, y);
            }
        }

        return plane;
    }

    public Plane Map(Func<double, double> function) => From(Width, Height, (x, y) => function(this[x, y]));

    public Plane With(Plane other, Func<double, double, double> function) => From(Width, Height, (x, y) => function(this[x, y], other[x, y]));

    /// <summary>One value per square of <paramref name="size"/>.</summary>
    public Plane Pool(int size, Func<IEnumerable<double>, double> function)
        => From(Width / size, Height / size, (x, y) => function(Square(x * size, y * size, size)));

    /// <summary>Mean of the square around every element, of what of it lies within.</summary>
    public Plane BoxBlur(int size)
        => From(Width, Height, (x, y) => Square(x - (size / 2), y - (size / 2), size).Average());

    /// <summary>Bilinear between the elements' centres, the edge repeated.</summary>
    public Plane Upsample(int factor) => From(Width * factor, Height * factor, (x, y) =>
    {
        var (left, right, across) = Between(x, factor, Width);
        var (top, bottom, down) = Between(y, factor, Height);
        var upper = this[left, top] + (across * (this[right, top] - this[left, top]));
        var lower = this[left, bottom] + (across * (this[right, bottom] - this[left, bottom]));
        return upper + (down * (lower - upper));
    });

    private static (int Low, int High, double Share) Between(int target, int factor, int length)
    {
        var source = Math.Clamp(((target + 0.5) / factor) - 0.5, 0, length - 1);
        var low = (int)source;
        return (low, Math.Min(low + 1, length - 1), source - low);
    }

    private IEnumerable<double> Square(int left, int top, int size)
    {
        for (var y = Math.Max(top, 0); y < Math.Min(top + size, Height); y++)
        {
            for (var x = Math.Max(left, 0); x < Math.Min(left + size, Width); x++)
            {
                yield return this[x, y];
            }
        }
    }
}
