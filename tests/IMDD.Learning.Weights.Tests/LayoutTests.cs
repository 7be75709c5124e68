using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Testing;

namespace IMDD.Learning.Weights.Tests;

public sealed class LayoutTests
{
    private const int SingleFileLayers = 2;
    private const int SingleFileLevels = 4;

    [Fact]
    public void Parameters_PublicCheckpoints_AreTheirPublishedNumbers()
    {
        UnetLayout.Of(UnetConfiguration.StableDiffusion15).Parameters.ShouldBe(859_520_964);
        VaeLayout.Of(VaeConfiguration.StableDiffusion).Parameters.ShouldBe(83_653_863);
        ClipLayout.Of(ClipTextConfiguration.VitL14).Parameters.ShouldBe(123_060_480);
        ClipLayout.Of(ClipConfiguration.VitB32).Parameters.ShouldBe(151_277_313);
        ClipLayout.Of(ClipConfiguration.VitB16).Parameters.ShouldBe(149_620_737);
        ClipLayout.Of(ClipConfiguration.VitL14).Parameters.ShouldBe(427_616_513);
    }

    [Theory]
    [InlineData("sd15_unet.tsv")]
    [InlineData("sd_vae.tsv")]
    [InlineData("clip_vitl14_text.tsv")]
    [InlineData("clip_vitb32_full.tsv")]
    [InlineData("clip_vitb16_full.tsv")]
    [InlineData("clip_vitl14_full.tsv")]
    public void Shapes_PublicCheckpoint_AreThoseOfItsManifest(string manifest)
    {
        var rows = ReferenceManifest.Find(manifest, out var reason);
        Assert.SkipWhen(rows is null, reason);

        Of(manifest).Shapes.Select(pair => $"{pair.Key} [{string.Join(',', pair.Value)}]").Order(StringComparer.Ordinal)
            .ShouldBe(rows!.Select(row => $"{row["key"]} {row["shape"]}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sd15_unet.tsv", "ldm_key")]
    [InlineData("sd_vae.tsv", "ldm_key")]
    [InlineData("sd_vae.tsv", "old_diffusers_key")]
    [InlineData("sd_vae.tsv", "key")]
    public void Candidates_EveryTensorOfAPublicCheckpoint_HaveItsOtherName(string manifest, string column)
    {
        var rows = ReferenceManifest.Find(manifest, out var reason);
        Assert.SkipWhen(rows is null, reason);
        var names = (manifest, column) switch
        {
            ("sd15_unet.tsv", _) => WeightNames.SingleFileUnet(SingleFileLayers),
            (_, "ldm_key") => WeightNames.SingleFileVae(SingleFileLevels),
            _ => WeightNames.DiffusersVae,
        };

        rows!.Where(row => !names.Candidates(row["key"]).Contains(row[column])).Select(row => row["key"]).ShouldBeEmpty();
    }

    private static TensorLayout Of(string manifest) => manifest switch
    {
        "sd15_unet.tsv" => UnetLayout.Of(UnetConfiguration.StableDiffusion15),
        "sd_vae.tsv" => VaeLayout.Of(VaeConfiguration.StableDiffusion),
        "clip_vitl14_text.tsv" => ClipLayout.Of(ClipTextConfiguration.VitL14),
        "clip_vitb32_full.tsv" => ClipLayout.Of(ClipConfiguration.VitB32),
        "clip_vitb16_full.tsv" => ClipLayout.Of(ClipConfiguration.VitB16),
        _ => ClipLayout.Of(ClipConfiguration.VitL14),
    };
}
