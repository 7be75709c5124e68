using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a release be run.</summary>
public sealed record PromoteModel : IAttributed
{
    public required string Digest { get; init; }

    /// <summary>
    /// Agents that are to try it, <c>enterprise/site/area/line/cell/agent</c>, or <c>…/agent:group</c> for a named group of its cameras: it becomes the
    /// challenger. Empty: it becomes the champion, for every agent and group that runs this model or has been given none.
    /// </summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>True: agents that were never heard of are meant too; they are told once they are there. Not groups: what they are told names their cameras.</summary>
    public bool AllowUnknown { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
