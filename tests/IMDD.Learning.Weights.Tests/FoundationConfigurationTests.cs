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

    private static string Tiny()
    {
        using var stream = typeof(FoundationConfiguration).Assembly.GetManifestResourceStream("IMDD.Learning.Weights.Configurations.tiny.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
