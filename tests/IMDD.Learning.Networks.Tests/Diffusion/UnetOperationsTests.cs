using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class UnetOperationsTests
{
    private const int Tokens = 3;
    private const int ContextWidth = 12;

    private static readonly UnetConfiguration Small = UnetConfiguration.StableDiffusion15 with
    {
        BlockOutChannels = [8, 16],
        LayersPerBlock = 1,
        NormGroups = 4,
        Heads = [2, 2],
        CrossAttentionWidth = ContextWidth,
        DownAttends = [true, false],
        UpAttends = [false, true],
    };

    /// <summary>Layer by layer, by hand: latents of 8 × 8, so that the second level has 16 pixels.</summary>
    [Fact]
    public void OfPass_SmallNetwork_IsTheSumByHand()
    {
        long[] layers =
        [
            Matrix(1, 8, 32), Matrix(1, 32, 32), // time
            Convolution(64, 4, 8),
            Residual(64, 8, 8), Transformer(64, 8), Convolution(16, 8, 8), // down, to half
            Residual(16, 8, 16),
            Residual(16, 16, 16), Transformer(16, 16), Residual(16, 16, 16), // middle
            Residual(16, 16 + 16, 16), Residual(16, 16 + 8, 16), Convolution(64, 16, 16), // up, to twice
            Residual(64, 16 + 8, 8), Transformer(64, 8), Residual(64, 8 + 8, 8), Transformer(64, 8),
            Convolution(64, 8, 4),
        ];

        UnetOperations.OfPass(Small, 8, 8, Tokens).ShouldBe(layers.Sum());
    }

    /// <summary>What the layers of a network see in a pass of it, at sides that do not halve evenly.</summary>
    [Theory]
    [InlineData(8, 8)]
    [InlineData(7, 10)]
    public void OfPass_AnyNetwork_IsWhatItsLayersSee(int height, int width)
    {
        var configuration = Small with { BlockOutChannels = [8, 16, 24], LayersPerBlock = 2, Heads = [2, 2, 4], DownAttends = [true, true, false], UpAttends = [false, true, true] };
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using Unet unet = new(configuration);
        long seen = 0;
        foreach (var (name, module) in unet.named_modules())
        {
            if (module is Conv2d convolution)
            {
                convolution.register_forward_hook((_, _, output) => Saw(output, output.numel() * convolution.weight.numel() / convolution.weight.shape[0]));
            }
            else if (module is Linear linear)
            {
                long others = name.EndsWith("attn1.to_q", StringComparison.Ordinal) ? -1 : name.EndsWith("attn2.to_q", StringComparison.Ordinal) ? Tokens : 0;
                linear.register_forward_hook((_, _, output)
                    => Saw(output, output.numel() * (linear.weight.shape[1] + (2 * (others < 0 ? output.shape[1] : others)))));
            }
        }

        unet.Predict(rand(1, 4, height, width), tensor(3L), rand(1, Tokens, ContextWidth));

        UnetOperations.OfPass(configuration, height, width, Tokens).ShouldBe(2 * seen);

        Tensor Saw(Tensor output, long products)
        {
            seen += products;
            return output;
        }
    }

    /// <summary>Stable Diffusion 1.5 at 512 × 512 pixels: 0.80 TFLOP.</summary>
    [Fact]
    public void OfPass_FullSize_IsThePublishedFigure()
        => (UnetOperations.OfPass(UnetConfiguration.StableDiffusion15, 64, 64, 77) / 1e12).ShouldBe(0.80, 0.01);

    private static long Matrix(long rows, long from, long to) => 2 * rows * from * to;

    private static long Convolution(long pixels, long from, long to, long kernel = 3) => 2 * pixels * from * to * kernel * kernel;

    private static long Residual(long pixels, long from, long to)
        => Convolution(pixels, from, to) + Matrix(1, 32, to) + Convolution(pixels, to, to) + (from == to ? 0 : Convolution(pixels, from, to, kernel: 1));

    private static long Transformer(long pixels, long width)
        => (2 * Convolution(pixels, width, width, kernel: 1))
            + (4 * Matrix(pixels, width, width)) + (2 * 2 * pixels * pixels * width)
            + (2 * Matrix(pixels, width, width)) + (2 * Matrix(Tokens, ContextWidth, width)) + (2 * 2 * pixels * Tokens * width)
            + Matrix(pixels, width, 8 * width) + Matrix(pixels, 4 * width, width);
}
