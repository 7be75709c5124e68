using System.Globalization;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Sizes as written in the configuration.</summary>
internal static class FrameSize
{
    private const int MaxSide = 16384;

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
