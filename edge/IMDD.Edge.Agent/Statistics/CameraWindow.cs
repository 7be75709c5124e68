using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Intake;
using IMDD.Inference.Statistics;

namespace IMDD.Edge.Agent.Statistics;

/// <summary>The open window of a camera, a model and a recipe.</summary>
internal sealed class CameraWindow(CameraLine line, ModelReference model, string recipeDigest, StatisticsSketch? reference, SketchBuilder sketch, DateTimeOffset start, long startTimestamp)
{
    public CameraLine Line { get; } = line;
    public ModelReference Model { get; } = model;

    /// <summary>Digest of the recipe that its frames were judged by.</summary>
    public string RecipeDigest { get; } = recipeDigest;

    /// <summary>What the bundle says, to be sent along; null: nothing.</summary>
    public StatisticsSketch? Reference { get; } = reference;

    public SketchBuilder Sketch { get; } = sketch;
    public DateTimeOffset Start { get; } = start;

    /// <summary>Monotonic.</summary>
    public long StartTimestamp { get; } = startTimestamp;

    public DateTimeOffset End { get; set; } = start;
}
