using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Networks.Training;

/// <summary>What the denoising network is told about an image while it trains; drawn anew for every image.</summary>
/// <param name="Written">Share of images that come with their caption.</param>
/// <param name="Implied">Share that come with what the implicit captioner says. The rest comes with the empty text, without which guidance means nothing.</param>
public sealed record Conditioning(double Written = 0.45, double Implied = 0.45)
{
    /// <summary>The paper's equation 7: one half each, never the empty text.</summary>
    public static Conditioning Paper { get; } = new(0.5, 0.5);

    /// <summary>What a configuration says.</summary>
    public static Conditioning Of(FoundationConfiguration configuration)
        => configuration.Paper.HasFlag(PaperModes.Conditioning) ? Paper : new Conditioning();
}
