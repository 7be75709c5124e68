using IMDD.Contracts.Events;

namespace IMDD.Contracts.Review;

/// <summary>A word on a picture.</summary>
/// <param name="Label">Who said what.</param>
/// <param name="Time">When.</param>
/// <param name="Stands">False where the same person has said something else since, or took it back.</param>
public sealed record FrameLabel(ExampleLabel Label, DateTimeOffset Time, bool Stands);
