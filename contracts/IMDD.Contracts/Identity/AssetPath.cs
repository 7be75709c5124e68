using System.Diagnostics.CodeAnalysis;

namespace IMDD.Contracts.Identity;

/// <summary>An ISA-95 place, <c>enterprise/site/area/line/cell</c>. Each part is <c>[a-z0-9][a-z0-9-]{0,30}</c>.</summary>
public sealed record AssetPath
{
    private AssetPath(string enterprise, string site, string area, string line, string cell)
        => (Enterprise, Site, Area, Line, Cell) = (enterprise, site, area, line, cell);

    /// <summary>The company.</summary>
    public string Enterprise { get; }

    /// <summary>The plant.</summary>
    public string Site { get; }

    /// <summary>The area of the plant.</summary>
    public string Area { get; }

    /// <summary>The production line.</summary>
    public string Line { get; }

    /// <summary>The cell (station) of the line.</summary>
    public string Cell { get; }

    /// <summary><c>enterprise/site/area/line</c>: the key of everything counted per line.</summary>
    public string LinePath => $"{Enterprise}/{Site}/{Area}/{Line}";

    /// <summary>Parses <c>enterprise/site/area/line/cell</c>.</summary>
    /// <exception cref="FormatException">The text is not five well-formed parts; the message names the part.</exception>
    public static AssetPath Parse(string text)
        => TryParse(text, out var path, out var error) ? path : throw new FormatException(error);

    /// <summary>Parses <c>enterprise/site/area/line/cell</c>; <paramref name="error"/> says what was expected.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AssetPath? path, [NotNullWhen(false)] out string? error)
    {
        path = null;
        var parts = (text ?? "").Split('/');
        if (parts.Length != 5)
        {
            error = $"'{Excerpt.Of(text)}' is not an asset path: expected enterprise/site/area/line/cell.";
            return false;
        }

        foreach (var part in parts)
        {
            if (!NamePart.IsValid(part))
            {
                error = $"'{Excerpt.Of(part)}' in asset path '{Excerpt.Of(text)}' is not allowed: expected {NamePart.Expected}.";
                return false;
            }
        }

        path = new AssetPath(parts[0], parts[1], parts[2], parts[3], parts[4]);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Enterprise}/{Site}/{Area}/{Line}/{Cell}";
}
