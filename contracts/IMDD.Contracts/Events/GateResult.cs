namespace IMDD.Contracts.Events;

/// <summary>One condition that a model had to meet before it was released.</summary>
/// <param name="Name">Which, such as <c>parity</c> or <c>recall-at-threshold</c>.</param>
/// <param name="Passed">Whether it was met.</param>
/// <param name="Value">What was measured; null where it is no number.</param>
/// <param name="Limit">What was asked for; null where it is no number.</param>
/// <param name="Detail">In words, for a person.</param>
public sealed record GateResult(string Name, bool Passed, double? Value = null, double? Limit = null, string? Detail = null);
