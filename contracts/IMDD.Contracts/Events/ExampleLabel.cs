namespace IMDD.Contracts.Events;

/// <summary>Data of <c>imdd.example.labelled.v1</c>: what one person said of one frame, in one revision. The highest revision of a person stands.</summary>
public sealed record ExampleLabel
{
    /// <summary>The picture, by content: what training sees.</summary>
    public required FrameReference Frame { get; init; }

    /// <summary>Who said it.</summary>
    public required string RaterId { get; init; }

    /// <summary>From 1; rises each time the person changes their mind about this picture.</summary>
    public required long Revision { get; init; }

    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    public string? FrameId { get; init; }

    /// <summary><c>ce_id</c> of the frame's outcome.</summary>
    public string? OutcomeId { get; init; }

    /// <summary>One of <see cref="LabelJudgement"/>: what the person said of the outcome.</summary>
    public required string Judgement { get; init; }

    /// <summary>What the frame is: pass or fail; undecided where the person cannot tell.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The defects that are there, all of them; empty exactly where the frame is good.</summary>
    public IReadOnlyList<LabelledRegion> Regions { get; init; } = [];

    /// <summary>The model whose outcome was judged; null where the person was not shown one.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>True when the person saw neither what the model had said nor what others had: the curator knows, not the person.</summary>
    public bool Blind { get; init; }

    public string? Comment { get; init; }
}
