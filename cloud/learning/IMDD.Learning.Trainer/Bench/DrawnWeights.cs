using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Weights that are drawn and not learned.</summary>
internal static class DrawnWeights
{
    private const double Spread = 0.02;

    /// <summary>Draws what starts at zero too, which would hide what lies behind it.</summary>
    public static void FillZeros(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var parameter in network.parameters().Where(parameter => parameter.abs().max().item<float>() == 0))
        {
            nn.init.normal_(parameter, 0, Spread);
        }
    }
}
