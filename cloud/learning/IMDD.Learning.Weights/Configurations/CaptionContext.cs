namespace IMDD.Learning.Weights.Configurations;

/// <summary>How an implied text becomes the context of the denoising network.</summary>
public enum CaptionContext
{
    /// <summary>States of the empty text plus a learned, at first closed, gate times the embedding with positions: tokens that differ can be attended to.</summary>
    Gated,

    /// <summary>
    /// The embedding at every token, as the paper prints it. Attention over equal keys is constant, so that it acts as a bias per image; kept for
    /// comparison.
    /// </summary>
    Repeated,
}
