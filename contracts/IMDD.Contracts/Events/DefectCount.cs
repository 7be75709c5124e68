namespace IMDD.Contracts.Events;

/// <summary>How many regions of one class and severity a frame has.</summary>
/// <param name="Class">Stable class id.</param>
/// <param name="Severity">Severity of these regions.</param>
/// <param name="Count">At least 1.</param>
public sealed record DefectCount(string Class, Severity Severity, int Count);
