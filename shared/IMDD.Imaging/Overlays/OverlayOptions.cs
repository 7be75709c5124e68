using IMDD.Contracts.Events;

namespace IMDD.Imaging.Overlays;

/// <summary>How regions are drawn.</summary>
public sealed record OverlayOptions
{
    /// <summary>Opacity of the fill, 0 to 1.</summary>
    public double FillOpacity { get; init; } = 0.35;

    /// <summary>Text beside a region; only Latin letters are drawn. Empty: none.</summary>
    public Func<DefectRegion, string> Label { get; init; } = region => region.Class;

    /// <summary>Colour of a region. By default by severity, apart for the colour-blind too.</summary>
    public Func<DefectRegion, OverlayColor> Color { get; init; } = region => region.Severity switch
    {
        Severity.Minor => new OverlayColor(240, 228, 66),
        Severity.Major => new OverlayColor(230, 159, 0),
        Severity.Critical => new OverlayColor(213, 60, 0),
        _ => new OverlayColor(86, 180, 233),
    };
}
