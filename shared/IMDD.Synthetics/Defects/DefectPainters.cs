using System.Collections.Frozen;

namespace IMDD.Synthetics.Defects;

/// <summary>Which class paints which kind; a missing part is painted by the surface itself.</summary>
internal static class DefectPainters
{
    private static readonly FrozenDictionary<DefectKind, IDefectPainter> ByKind = new Dictionary<DefectKind, IDefectPainter>
    {
        [DefectKind.Scratch] = new ScratchPainter(),
        [DefectKind.Crack] = new CrackPainter(),
        [DefectKind.Pit] = new PitPainter(),
        [DefectKind.Blowhole] = new BlowholePainter(),
        [DefectKind.Stain] = new StainPainter(),
        [DefectKind.Dent] = new DentPainter(),
        [DefectKind.Corrosion] = new CorrosionPainter(),
        [DefectKind.Inclusion] = new InclusionPainter(),
        [DefectKind.Chip] = new ChipPainter(),
        [DefectKind.Crease] = new CreasePainter(),
        [DefectKind.Burn] = new BurnPainter(),
        [DefectKind.Peeling] = new PeelingPainter(),
        [DefectKind.Spatter] = new SpatterPainter(),
        [DefectKind.Chatter] = new ChatterPainter(),
        [DefectKind.Fibre] = new FibrePainter(),
    }.ToFrozenDictionary();

    public static IDefectPainter For(DefectKind kind) => ByKind[kind];
}
