using IMDD.Contracts.Events;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>How a challenger did.</summary>
/// <param name="Gates">Every condition.</param>
/// <param name="NewClasses">Classes that the champion does not know.</param>
/// <param name="Pictures">Pictures that both models have seen.</param>
/// <param name="Problems">Pictures that could not be measured.</param>
public sealed record GateReport(IReadOnlyList<GateResult> Gates, IReadOnlyList<NewClassRecall> NewClasses, int Pictures, IReadOnlyList<FileProblem> Problems)
{
    /// <summary>True when there was a condition and all were met.</summary>
    public bool Passed => Gates.Count > 0 && Gates.All(g => g.Passed);
}
