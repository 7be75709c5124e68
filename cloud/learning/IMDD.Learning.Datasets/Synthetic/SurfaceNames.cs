using IMDD.Learning.Datasets.Splits;
using IMDD.Synthetics;

namespace IMDD.Learning.Datasets.Synthetic;

/// <summary>
/// Names of a surface and a kind, <c>glass crack</c>: both words can be seen in the picture, so that a name that was never trained on can be
/// told from its words. Which are the base is <see cref="OpenVocabularyProtocol"/>'s choice; reserved kinds are never of it.
/// </summary>
public static class SurfaceNames
{
    private static readonly OpenVocabularyProtocol Protocol = new(
        Enum.GetValues<SurfaceTexture>().SelectMany(texture => DefectKinds.For(texture).Select(kind => Of(texture, kind))));

    /// <summary>The name.</summary>
    public static string Of(SurfaceTexture texture, DefectKind kind) => $"{Of(texture)} {kind.Name().Replace('-', ' ')}";

    /// <summary>The kinds that are drawn on a surface; none where it has no name of that sort.</summary>
    public static IReadOnlyList<DefectKind> Kinds(SurfaceTexture texture, SurfaceNaming naming) => naming switch
    {
        SurfaceNaming.Base => [.. DefectKinds.For(texture).Where(k => Tier(texture, k) == NameTier.SeenName)],
        SurfaceNaming.Novel => [.. DefectKinds.For(texture).Where(k => Tier(texture, k) == NameTier.UnseenComposition)],
        SurfaceNaming.Unseen => [.. DefectKinds.For(texture).Where(k => Tier(texture, k) == NameTier.UnseenWord), .. DefectKinds.Reserved],
        _ => DefectKinds.For(texture),
    };

    private static NameTier Tier(SurfaceTexture texture, DefectKind kind) => Protocol.TierOf(Of(texture, kind));

    private static string Of(SurfaceTexture texture) => texture switch
    {
        SurfaceTexture.BrushedMetal => "brushed metal",
        SurfaceTexture.Pcb => "circuit board",
        _ => texture.ToString().ToLowerInvariant(),
    };
}
