using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;

namespace IMDD.Learning.Weights.Tests;

public sealed class FoundationConfigurationTests
{
    [Theory]
    [InlineData("sd15", 64, 859_520_964)]
    [InlineData("base", 64, 0)]
    [InlineData("tiny", 32, 0)]
    public void Of_KnownName_IsWhole(string name, int stride, long unetParameters)
    {
        var configuration = FoundationConfiguration.Of(name);

        configuration.Name.ShouldBe(name);
        configuration.Stride.ShouldBe(name == "base" ? configuration.LatentStride * 8 : stride);
        var parts = FoundationLayout.Parts(configuration);
        parts.Values.Sum(part => part.Parameters).ShouldBe(FoundationLayout.Of(configuration).Parameters);
        if (unetParameters > 0)
        {
            parts["unet"].Parameters.ShouldBe(unetParameters);
        }
    }

    [Fact]
    public void Of_UnknownName_SaysWhichThereAre()
        => Should.Throw<WeightsException>(() => FoundationConfiguration.Of("huge")).Message.ShouldContain("tiny, base, sd15");

    [Fact]
    public void Parse_PartsThatDoNotFit_AreAllNamed()
    {
        var json = Tiny().Replace("\"image_width\": 16", "\"image_width\": 17", StringComparison.Ordinal)
            .Replace("\"feature_timestep\": 50", "\"feature_timestep\": 1000", StringComparison.Ordinal);

        var message = Should.Throw<WeightsException>(() => FoundationConfiguration.Parse(json, "x.json")).Message;

        message.ShouldContain("captioner takes 17; expected clip's 16");
        message.ShouldContain("feature_timestep is 1000; expected below 1000");
    }

    [Fact]
    public void Parse_WrongField_NamesThePartAndTheField()
        => Should.Throw<WeightsException>(() => FoundationConfiguration.Parse(Tiny().Replace("\"gated\"", "\"other\"", StringComparison.Ordinal), "x.json"))
            .Message.ShouldBe("x.json: captioner: 'context' is \"other\"; expected \"gated\" or \"repeated\".");

    [Fact]
    public void Parse_PaperModes_AreReadAndUnknownOnesAllNamed()
    {
        FoundationConfiguration.Of("tiny").Paper.ShouldBe(PaperModes.None);
        FoundationConfiguration.Parse(Paper("\"grounding\", \"mask_loss\""), "x.json").Paper.ShouldBe(PaperModes.Grounding | PaperModes.MaskLoss);

        var message = Should.Throw<WeightsException>(() => FoundationConfiguration.Parse(Paper("\"groundings\", \"conditioning\", \"losses\""), "x.json")).Message;
        message.ShouldContain("paper has 'groundings'; expected conditioning, mask_loss, grounding");
        message.ShouldContain("paper has 'losses'");
        Should.Throw<WeightsException>(() => FoundationConfiguration.Parse(Paper("1"), "x.json")).Message.ShouldContain("'paper' is [1]; expected a list of texts");

        static string Paper(string modes) => Tiny().Replace("\"feature_seed\": 42", $"\"feature_seed\": 42, \"paper\": [{modes}]", StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FineMasks_TakeTheAutoencodersMapToo()
    {
        var fine = FoundationConfiguration.Parse(Fine("true", "16, 16, 32, 32, 32"), "x.json");

        (fine.FineMasks, fine.MaskStride, fine.LatentStride).ShouldBe((true, 2, 4));
        FoundationConfiguration.Parse(fine.ToJson(), "y.json").ToJson().ShouldBe(fine.ToJson());
        var tiny = FoundationConfiguration.Of("tiny");
        (tiny.FineMasks, tiny.MaskStride).ShouldBe((false, 4));
        ConfigurationRefused(Fine("true", "16, 32, 32, 32")).ShouldContain(
            "mask_generator takes [16, 32, 32, 32]; expected vae's and unet's, for fine_masks, [16, 16, 32, 32, 32]");
        ConfigurationRefused(Fine("false", "16, 16, 32, 32, 32")).ShouldContain("mask_generator takes [16, 16, 32, 32, 32]; expected unet's [16, 32, 32, 32]");
        ConfigurationRefused(Fine("\"yes\"", "16, 32, 32, 32")).ShouldContain("'fine_masks' is \"yes\"");
        ConfigurationRefused(Fine("true", "16, 32, 32, 32").Replace("[8, 16, 16]", "[8]", StringComparison.Ordinal)).ShouldContain("fine_masks is true, and vae has one level");

        static string ConfigurationRefused(string json) => Should.Throw<WeightsException>(() => FoundationConfiguration.Parse(json, "x.json")).Message;

        static string Fine(string value, string channels) => Tiny().Replace("\"in_channels\": [16, 32, 32, 32]", $"\"in_channels\": [{channels}]", StringComparison.Ordinal)
            .Replace("\"feature_seed\": 42", $"\"feature_seed\": 42, \"fine_masks\": {value}", StringComparison.Ordinal);
    }

    [Fact]
    public void Open_File_IsItsConfiguration()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Tiny().Replace("\"tiny\"", "\"ours\"", StringComparison.Ordinal));

            FoundationConfiguration.Open(file).Name.ShouldBe("ours");
            FoundationConfiguration.Open("tiny").Name.ShouldBe("tiny");
            Should.Throw<WeightsException>(() => FoundationConfiguration.Open(file + ".gone")).Message.ShouldContain("or a file");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Tiny()
    {
        using var stream = typeof(FoundationConfiguration).Assembly.GetManifestResourceStream("IMDD.Learning.Weights.Configurations.tiny.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
