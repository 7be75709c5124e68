using IMDD.Learning.Networks.Text;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class TextEncoderTests
{
    [Fact]
    public void Forward_Texts_RowsAreUnitAndDependOnTheTextAlone()
    {
        using var scope = torch.NewDisposeScope();
        using TextEncoder encoder = new(64);

        var rows = encoder.forward(["scratch", "deep scratch", "气孔"]);
        var alone = encoder.forward(["deep scratch"]);

        rows.shape.ShouldBe([3, 64]);
        rows.norm(1).ShouldBeWithin(1, 1e-5);
        rows.slice(0, 1, 2, 1).ShouldBeWithin(alone, 1e-6);
    }

    [Fact]
    public void Forward_SharedWord_IsNearerThanNone()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        using TextEncoder encoder = new(64);

        var rows = encoder.forward(["oil stain", "water stain", "broken tooth"]);
        var cosine = rows.matmul(rows.t());

        cosine[0, 1].item<float>().ShouldBeGreaterThan(cosine[0, 2].item<float>() + 0.1f);
    }

    [Theory]
    [InlineData("Missing-Part", "missing part")]
    [InlineData("  crack,", "CRACK")]
    public void Of_SameWords_SameNumbers(string one, string other) => TextHash.Of(one).ShouldBe(TextHash.Of(other));

    /// <summary>Rows are made for models that are already in the field: the numbers must never change. FNV-1a by hand for one-letter words.</summary>
    [Fact]
    public void Of_OneLetter_IsTheHashAsPublished()
    {
        var hash = 2166136261u;
        foreach (var value in new byte[] { (byte)'<', 0, (byte)'a', 0, (byte)'>', 0 })
        {
            hash = (hash ^ value) * 16777619u;
        }

        TextHash.Of("a").ShouldBe([hash % TextHash.Buckets]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" - ,")]
    public void Of_NoWord_IsRefused(string text) => Should.Throw<ArgumentException>(() => TextHash.Of(text)).Message.ShouldContain("no word");

    [Fact]
    public void Of_EndlessText_IsRefused() => Should.Throw<ArgumentException>(() => TextHash.Of(new string('a', 5000))).Message.ShouldContain("5000");
}
