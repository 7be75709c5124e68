using System.Globalization;

namespace IMDD.Inference;

/// <summary>Sizes as written in settings and on the command line.</summary>
public static class FrameSize
{
    /// <summary>Longest side, pixels.</summary>
    public const int MaxSide = 16384;

    /// <summary>Reads <c>WIDTHxHEIGHT</c>.</summary>
    public static bool TryParse(string text, out (int Width, int Height) size)
    {
        size = default;
        var cut = text.IndexOf('x', StringComparison.OrdinalIgnoreCase);
        return cut > 0
            && int.TryParse(text.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out size.Width)
            && int.TryParse(text.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out size.Height)
            && size.Width is > 0 and <= MaxSide && size.Height is > 0 and <= MaxSide;
    }
}
