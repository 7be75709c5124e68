namespace IMDD.Contracts.Events;

/// <summary>Data of <c>imdd.example.consensus.v1</c>: what the labels of one picture amount to. Training uses this and nothing else.</summary>
public sealed record ExampleConsensus
{
    /// <summary>The picture, by content: the key.</summary>
    public required FrameReference Frame { get; init; }

    /// <summary>From 1; rises with each change.</summary>
    public required long Revision { get; init; }

    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    /// <summary><c>ce_id</c> of the frame's outcome.</summary>
    public string? OutcomeId { get; init; }

    /// <summary>One of <see cref="ConsensusState"/>; training takes what is agreed.</summary>
    public required string State { get; init; }

    /// <summary>What the frame is: pass or fail; undecided where there is no agreement.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The defects that are there; empty exactly where the frame is not bad.</summary>
    public IReadOnlyList<LabelledRegion> Regions { get; init; } = [];

    /// <summary>The labels it was made of.</summary>
    public required IReadOnlyList<LabelReference> Labels { get; init; }

    /// <summary>How many must agree, such as <c>one</c>, <c>two</c> or <c>panel</c>.</summary>
    public string Policy { get; init; } = "one";
}
