namespace IMDD.Contracts.Queries;

/// <summary>One statistic of one window against its reference.</summary>
/// <param name="Statistic">A <see cref="Events.StatisticName"/>.</param>
/// <param name="Effect">How far: population stability index; of embeddings the squared maximum mean discrepancy (unbiased, so it may be below 0).</param>
/// <param name="PValue">
/// Of the two being alike: Kolmogorov-Smirnov on the bins, chi-square for verdicts and classes, a permutation test for embeddings. Frames are taken to be
/// independent, which those of one line are not quite.
/// </param>
/// <param name="IsSignal">Beyond its level, and not by chance.</param>
/// <param name="Distance">Kolmogorov-Smirnov's D, 0 to 1; null where it is not a histogram.</param>
public sealed record DriftScore(string Statistic, double Effect, double PValue, bool IsSignal, double? Distance = null);
