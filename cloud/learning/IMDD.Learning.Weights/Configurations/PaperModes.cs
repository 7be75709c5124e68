namespace IMDD.Learning.Weights.Configurations;

/// <summary>Where training follows the paper's letter instead of what works with the weights it builds on; none by default.</summary>
[Flags]
public enum PaperModes
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>Equation 7: captions and implied texts one half each, never the empty text.</summary>
    Conditioning = 1,

    /// <summary>Table 9: masks count 1 and naming one half, as factors outside the matched losses.</summary>
    MaskLoss = 2,

    /// <summary>Equations 13 and 14: a softmax over words, cosines that are not scaled, both cross-entropies added.</summary>
    Grounding = 4,

    /// <summary>Section 11.3: the denoising network starts from He's numbers for convolutions and Xavier's for linear layers, with no branch silent.</summary>
    Initialisation = 8,
}
