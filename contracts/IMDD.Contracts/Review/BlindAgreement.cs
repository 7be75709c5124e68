namespace IMDD.Contracts.Review;

/// <summary>How far words that were given without sight of the prediction differ from those given with it.</summary>
/// <param name="Share">Share of frames that are drawn for a blind look now.</param>
/// <param name="Seed">What the draw is a function of, beside the frame's outcome id.</param>
/// <param name="OfLabels">Blind words against the first person's, who saw the prediction; null without any.</param>
/// <param name="OfPasses">Blind words against the model's pass, on frames that nobody had judged; null without any.</param>
public sealed record BlindAgreement(double Share, int Seed, BlindComparison? OfLabels = null, BlindComparison? OfPasses = null);
