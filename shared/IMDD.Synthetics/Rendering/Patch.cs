namespace IMDD.Synthetics.Rendering;

/// <summary>A rectangle of the frame with a coverage per pixel (0 to 1), clipped to the frame.</summary>
internal sealed class Patch
{
    /// <summary>The patch around a point that reaches <paramref name="reach"/> pixels in each direction.</summary>
    public Patch(Canvas canvas, float x, float y, float reach)
        : this(canvas, x - reach, y - reach, x + reach, y + reach)
    {
    }

    /// <summary>The patch between two corners.</summary>
    public Patch(Canvas canvas, float left, float top, float right, float bottom)
    {
        X = Math.Clamp((int)MathF.Floor(left), 0, canvas.Width - 1);
        Y = Math.Clamp((int)MathF.Floor(top), 0, canvas.Height - 1);
        Width = Math.Clamp((int)MathF.Ceiling(right) + 1, X + 1, canvas.Width) - X;
        Height = Math.Clamp((int)MathF.Ceiling(bottom) + 1, Y + 1, canvas.Height) - Y;
        Cover = new float[Width * Height];
        Stride = canvas.Width;
    }

    public int X { get; }
    public int Y { get; }
    public int Width { get; }
    public int Height { get; }

    /// <summary>Row-major, <c>Height × Width</c>.</summary>
    public float[] Cover { get; }

    private int Stride { get; }

    /// <summary>Index into the canvas's planes of a pixel of the patch.</summary>
    public int CanvasIndex(int row, int column) => (Y + row) * Stride + X + column;

    /// <summary>Evaluates <paramref name="cover"/> at each pixel's centre and keeps the larger of old and new.</summary>
    public void Fill(Func<float, float, float> cover)
    {
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                ref var value = ref Cover[row * Width + column];
                value = Math.Max(value, cover(X + column + 0.5f, Y + row + 0.5f));
            }
        }
    }

    /// <summary>Draws a capsule from one point to another with a radius at each end, antialiased, keeping the larger coverage.</summary>
    public void Capsule(float x0, float y0, float radius0, float x1, float y1, float radius1, float strength = 1f)
    {
        var reach = Math.Max(radius0, radius1) + 1f;
        var left = Math.Max(X, (int)MathF.Floor(Math.Min(x0, x1) - reach));
        var right = Math.Min(X + Width - 1, (int)MathF.Ceiling(Math.Max(x0, x1) + reach));
        var top = Math.Max(Y, (int)MathF.Floor(Math.Min(y0, y1) - reach));
        var bottom = Math.Min(Y + Height - 1, (int)MathF.Ceiling(Math.Max(y0, y1) + reach));
        var dx = x1 - x0;
        var dy = y1 - y0;
        var inverse = 1f / Math.Max(dx * dx + dy * dy, 1e-6f);
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var px = x + 0.5f - x0;
                var py = y + 0.5f - y0;
                var t = Math.Clamp((px * dx + py * dy) * inverse, 0f, 1f);
                var ex = px - t * dx;
                var ey = py - t * dy;
                var distance = MathF.Sqrt(ex * ex + ey * ey);
                var radius = Curves.Lerp(radius0, radius1, t);
                var cover = Math.Clamp(radius + 0.5f - distance, 0f, 1f) * strength;
                ref var value = ref Cover[(y - Y) * Width + x - X];
                value = Math.Max(value, cover);
            }
        }
    }

    /// <summary>Calls <paramref name="paint"/> with canvas index and coverage for each pixel with any.</summary>
    public void Paint(Action<int, float> paint)
    {
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                var cover = Cover[row * Width + column];
                if (cover > 0f)
                {
                    paint(CanvasIndex(row, column), cover);
                }
            }
        }
    }
}
