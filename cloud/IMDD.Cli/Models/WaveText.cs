using System.Globalization;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Models;

/// <summary>Waves as one types them.</summary>
internal static class WaveText
{
    /// <summary>What <c>--wave</c> may be.</summary>
    public const string Expected = "a share of the fleet such as 10%, lines such as line:acme/ulm/paint/line1,line:…, or agents, or groups of their cameras, such as agent:acme/ulm/paint/line1/cell1/box7,agent:acme/ulm/paint/line1/cell1/box8:left";

    private const string Line = "line:";
    private const string Agent = "agent:";

    /// <summary>Reads a wave; null: it is none.</summary>
    public static RolloutWave? Parse(string text)
    {
        if (text.EndsWith('%'))
        {
            return Share(text) is { } percent ? new RolloutWave { Percent = percent } : null;
        }

        var parts = text.Split(',');
        return Array.TrueForAll(parts, part => part.StartsWith(Line, StringComparison.Ordinal)) ? new RolloutWave { Lines = Without(Line, parts) }
            : Array.TrueForAll(parts, part => part.StartsWith(Agent, StringComparison.Ordinal)) ? new RolloutWave { Agents = Without(Agent, parts) }
            : null;
    }

    /// <summary>The wave with the failures that it may have, a number of agents or a share of them; null: the text is neither.</summary>
    public static RolloutWave? WithFailures(RolloutWave wave, string? text)
        => text is null ? wave
            : text.EndsWith('%') ? Share(text) is { } percent ? wave with { MaxFailedPercent = percent } : null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? wave with { MaxFailed = count } : null;

    private static double? Share(string text)
        => double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : null;

    private static IReadOnlyList<string> Without(string prefix, string[] parts) => [.. parts.Select(part => part[prefix.Length..])];
}
