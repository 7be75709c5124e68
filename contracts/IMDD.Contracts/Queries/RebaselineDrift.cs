using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Queries;

/// <summary>Asks that a camera's next frames be its reference: what has changed is how it is to be from now on.</summary>
public sealed record RebaselineDrift : IAttributed
{
    /// <summary><c>enterprise/site/area/line/cell/camera</c>.</summary>
    public required string Camera { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
