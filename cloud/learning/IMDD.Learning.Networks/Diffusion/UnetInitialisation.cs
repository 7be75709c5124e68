using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>How the latent-diffusion code starts a network: every branch adds nothing at first.</summary>
internal static class UnetInitialisation
{
    /// <summary>Zeroes the last convolution of every branch.</summary>
    public static void Zero(IEnumerable<ResidualBlock> resnets, IEnumerable<SpatialTransformer> attentions)
    {
        foreach (var convolution in resnets.Select(resnet => resnet.Last).Concat(attentions.Select(attention => attention.Last)))
        {
            nn.init.zeros_(convolution.weight);
            nn.init.zeros_(convolution.bias);
        }
    }
}
