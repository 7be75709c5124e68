using IMDD.Learning.Networks.Blocks;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class LocalContrastTests
{
    [Fact]
    public void Forward_DarkerAndFlatterPicture_NormalisedChannelStays()
    {
        using var scope = torch.NewDisposeScope();
        using LocalContrast contrast = new();
        torch.manual_seed(3);
        var image = torch.rand(1, 3, 128, 128);

        var bright = contrast.forward(image).select(1, 1);
        var dim = contrast.forward(image * 0.6f + 0.1f).select(1, 1);

        bright.shape.ShouldBe([1, 64, 64]);
        bright.std().item<float>().ShouldBeInRange(0.8f, 1.2f);

        // Not exact: the floor of the variance weighs more where there is less of it.
        dim.ShouldBeWithin(bright, 0.05);
    }

    [Fact]
    public void Forward_PlainPicture_IsZero()
    {
        using var scope = torch.NewDisposeScope();
        using LocalContrast contrast = new();

        contrast.forward(torch.full([1, 3, 64, 64], 0.4f)).ShouldBeWithin(0, 0.1);
    }

    [Fact]
    public void Forward_BrightSmoothPicture_FloatsSayWhatDoublesSay()
    {
        using var scope = torch.NewDisposeScope();
        using LocalContrast contrast = new();
        torch.manual_seed(4);
        var image = torch.full([1, 3, 128, 128], 0.96, torch.float64) + torch.rand([1, 3, 128, 128], torch.float64) * 0.01;
        image[torch.TensorIndex.Ellipsis, torch.TensorIndex.Slice(64, 66), torch.TensorIndex.Colon] -= 0.06;

        var exact = contrast.forward(image);
        var floats = contrast.forward(image.to(torch.float32)).to(torch.float64);

        // A variance as a difference of squares near one has few digits left: exported graphs, which sum in another order, came out differently.
        floats.ShouldBeWithin(exact, 2e-4);
    }

    [Fact]
    public void Forward_OneBrightSpot_StandsOutThere()
    {
        using var scope = torch.NewDisposeScope();
        using LocalContrast contrast = new();
        var image = torch.full([1, 3, 64, 64], 0.4f);
        image[torch.TensorIndex.Ellipsis, torch.TensorIndex.Slice(20, 22), torch.TensorIndex.Slice(40, 42)] = 0.6f;

        var channels = contrast.forward(image);

        channels.shape.ShouldBe([1, LocalContrast.Channels, 32, 32]);
        for (var channel = 0; channel < LocalContrast.Channels; channel++)
        {
            channels.select(1, channel).argmax().item<long>().ShouldBe(10 * 32 + 20);
        }
    }
}
