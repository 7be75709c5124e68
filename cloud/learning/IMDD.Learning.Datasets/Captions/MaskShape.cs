namespace IMDD.Learning.Datasets.Captions;

/// <summary>What a mask says of a defect's place and form.</summary>
/// <param name="Row">Row of the nine fields, 0 at the top.</param>
/// <param name="Column">Column of the nine fields, 0 at the left.</param>
/// <param name="Orientation">Of the whole mask.</param>
/// <param name="Elongation">Of the whole mask.</param>
/// <param name="Scale">Share of the picture.</param>
/// <param name="Count">Regions.</param>
/// <param name="Pattern">How they lie.</param>
/// <param name="AreaFraction">Share of the picture, 0 to 1.</param>
public sealed record MaskShape(
    int Row, int Column, Orientation Orientation, Elongation Elongation, DefectScale Scale, int Count, DefectPattern Pattern, double AreaFraction);
