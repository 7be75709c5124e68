namespace IMDD.Cli.Quality;

/// <summary>A point of a training's learning curve: what the trainer measured on its validation side. Undefined measures are null.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Score">What weights are chosen by: the mean of those of the next that are defined, but the IoU; null where none is.</param>
/// <param name="PixelAp">Average precision of pixels.</param>
/// <param name="ImageAuroc">Area under the pictures' ROC curve.</param>
/// <param name="Naming">Share of pictures whose defects get their name.</param>
/// <param name="Iou">Pooled, at the threshold where it is largest.</param>
internal sealed record CurvePoint(long Step, double? Score, double? PixelAp = null, double? ImageAuroc = null, double? Naming = null, double? Iou = null);
