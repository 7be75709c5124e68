using IMDD.Contracts.Events;

namespace IMDD.Inference.Recipes;

/// <summary>What is in force for one class.</summary>
/// <param name="MinScore">Least score of a region that counts; 0: every region above the pixel threshold.</param>
/// <param name="MinArea">Least area that counts, in the unit of <see cref="ResolvedRecipe.Area"/>.</param>
/// <param name="Severity">Severity of its regions.</param>
/// <param name="IsTolerated">Reported, but does not fail the frame.</param>
public sealed record ClassRule(double MinScore, double MinArea, Severity Severity, bool IsTolerated);
