namespace IMDD.Contracts.Learning;

/// <summary>Something that happened.</summary>
/// <param name="AtSeconds">Since the lines started.</param>
/// <param name="What">In a few words.</param>
public sealed record LearningMark(double AtSeconds, string What);
