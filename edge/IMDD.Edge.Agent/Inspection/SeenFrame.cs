using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A frame as a model is given it.</summary>
/// <param name="Width">Pixels of the frame.</param>
/// <param name="Height">Pixels of the frame.</param>
/// <param name="Tiles">How it is cut; null: it is given whole.</param>
internal readonly record struct SeenFrame(int Width, int Height, TilePlan? Tiles)
{
    private const int StandInSide = 256;

    /// <summary>In place of a frame where no size is known.</summary>
    public static SeenFrame StandIn => new(StandInSide, StandInSide, Tiles: null);

    /// <summary>Size of what a model of this stride runs, pixels: the frame, or one of its tiles.</summary>
    public (int Width, int Height) InputFor(int stride) => Tiles?.SizeIn(Width, Height, stride) ?? (Width, Height);
}
