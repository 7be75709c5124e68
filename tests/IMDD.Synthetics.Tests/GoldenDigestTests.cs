using IMDD.Contracts.Identity;

namespace IMDD.Synthetics.Tests;

/// <summary>
/// Frames are the same on every machine and in every process: these digests were computed elsewhere. A change of the generator's look
/// changes them on purpose, and whoever has stored frames by seed must know.
/// </summary>
public sealed class GoldenDigestTests
{
    [Theory]
    [InlineData(SurfaceTexture.BrushedMetal, DefectKind.Dent, "sha256:66f0503351111f4300948080b6501ebe0c8b7b580d2eb3204ba197c1fc2db620")]
    [InlineData(SurfaceTexture.Cast, DefectKind.Blowhole, "sha256:b7a179f41cbb8466c9ca7a974fa400430b2cc1a69f57f6cf2a89cc190f54b89d")]
    [InlineData(SurfaceTexture.Fabric, DefectKind.Crease, "sha256:e711d8869d2e42c7ca30baa8817f2b49aba24c34ce3ebed149da07acd9bb3ad4")]
    [InlineData(SurfaceTexture.Glass, DefectKind.Crack, "sha256:e46d1f72f68feabebd7a1ad2d0971c5b9f48065ffd1bff7b81e7608bf9ef2ff2")]
    [InlineData(SurfaceTexture.Wood, DefectKind.Burn, "sha256:197bd8b4b8e9d99b95518615c0e29ac276bdc11244b58597abf6d6b07b7ec6c8")]
    [InlineData(SurfaceTexture.Pcb, DefectKind.MissingPart, "sha256:aa81aee4a35465f75b8e56debedb36c58e7919643cb51056d8bd6e3a7e8ba458")]
    public void Generate_KnownSeed_HasTheKnownBytes(SurfaceTexture texture, DefectKind kind, string expected)
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = 192, Height = 160, ProductSeed = 7 });

        var sample = generator.Generate(20, [kind, DefectKind.Scratch, DefectKind.Fibre]);

        ContentDigest.Of([.. sample.Rgb, .. sample.Mask]).ShouldBe(expected);
    }
}
