namespace IMDD.Synthetics;

/// <summary>Kinds of surface.</summary>
public enum SurfaceTexture
{
    /// <summary>Brushed sheet metal: streaks along one direction, an anisotropic highlight.</summary>
    BrushedMetal,

    /// <summary>Sand-cast metal: grainy relief at several scales.</summary>
    Cast,

    /// <summary>Woven cloth, plain or twill.</summary>
    Fabric,

    /// <summary>Float glass: smooth, reflections of lamps, dust.</summary>
    Glass,

    /// <summary>Planed wood: growth rings, fibres, pores, sound knots.</summary>
    Wood,

    /// <summary>Printed circuit board: solder mask over traces, pads, vias, legend.</summary>
    Pcb,
}
