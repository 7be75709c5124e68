using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>How the latent-diffusion code starts a network: every branch adds nothing at first.</summary>
internal static class UnetInitialisation
{
    /// <summary>Draws every convolution as He et al. 2015 and every linear layer as Glorot and Bengio 2010, without biases, as the paper says; norms stay as they are.</summary>
    public static void DrawAsPaper(nn.Module network)
    {
        using var untracked = no_grad();
        foreach (var module in network.modules())
        {
            var (weight, bias) = module switch
            {
                TorchSharp.Modules.Conv2d convolution => (nn.init.kaiming_normal_(convolution.weight!), convolution.bias),
                TorchSharp.Modules.Linear linear => (nn.init.xavier_uniform_(linear.weight!), linear.bias),
                _ => (null, null),
            };
            if (weight is not null && bias is not null)
            {
                nn.init.zeros_(bias);
            }
        }
    }

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
