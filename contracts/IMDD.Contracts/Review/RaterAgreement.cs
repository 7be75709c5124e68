namespace IMDD.Contracts.Review;

/// <summary>Agreement of two raters over the pictures that both have judged.</summary>
/// <param name="First">Rater.</param>
/// <param name="Second">Rater.</param>
/// <param name="Pictures">Judged by both.</param>
/// <param name="VerdictAgreement">Share on which they say the same of pass and fail.</param>
/// <param name="NameAgreement">Share on which they say the same of the defects' names, good frames included.</param>
/// <param name="VerdictKappa">Cohen's kappa of pass and fail; null where both always say one and the same word.</param>
/// <param name="NameKappa">Cohen's kappa of the names.</param>
public sealed record RaterAgreement(
    string First, string Second, int Pictures, double VerdictAgreement, double NameAgreement, double? VerdictKappa = null, double? NameKappa = null);
