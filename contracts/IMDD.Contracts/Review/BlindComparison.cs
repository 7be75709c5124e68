namespace IMDD.Contracts.Review;

/// <summary>Blind words against others on the same pictures.</summary>
/// <param name="Pictures">Compared.</param>
/// <param name="Flips">Of them, those on which one says pass and the other fail.</param>
/// <param name="NameAgreement">Share on which the defects' names are the same, good frames included.</param>
/// <param name="VerdictKappa">Cohen's kappa of pass and fail; null where both always say one and the same word.</param>
/// <param name="NameKappa">Cohen's kappa of the names.</param>
public sealed record BlindComparison(int Pictures, int Flips, double NameAgreement, double? VerdictKappa = null, double? NameKappa = null)
{
    /// <summary>Share of flips, 0 to 1.</summary>
    public double FlipShare => (double)Flips / Pictures;
}
