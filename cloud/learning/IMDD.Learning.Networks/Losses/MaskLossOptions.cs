namespace IMDD.Learning.Networks.Losses;

/// <summary>Weights of the mask generator's losses and matching costs (Mask2Former's).</summary>
/// <param name="Class">Weight of the classification.</param>
/// <param name="Mask">Weight of the binary cross-entropy.</param>
/// <param name="Dice">Weight of dice.</param>
/// <param name="NoObject">Weight of "no object" within the classification.</param>
/// <param name="DiceSmoothing">Added above and below in dice.</param>
/// <param name="ClassFactor">Factor of the weighted classification in the loss alone: which query gets which target does not depend on it.</param>
/// <param name="MaskFactor">Likewise, of the weighted cross-entropy and dice.</param>
public sealed record MaskLossOptions(
    double Class = 2, double Mask = 5, double Dice = 5, double NoObject = 0.1, double DiceSmoothing = 1, double ClassFactor = 1, double MaskFactor = 1)
{
    /// <summary>The paper's weights of its table 9 as outer factors: masks count 1, naming one half.</summary>
    public static MaskLossOptions Paper { get; } = new(ClassFactor: 0.5, MaskFactor: 1);
}
