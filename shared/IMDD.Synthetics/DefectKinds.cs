using System.Collections.Frozen;

namespace IMDD.Synthetics;

/// <summary>Names of the kinds, which of them are reserved, and on which surfaces they occur.</summary>
/// <remarks>
/// Reserved kinds test what a system does with a defect it was never shown: they have a morphology of their own and belong in no default
/// model's training data, vocabulary or calibration. They are drawn only when asked for by name.
/// </remarks>
public static class DefectKinds
{
    private static readonly FrozenDictionary<DefectKind, string> Names = new Dictionary<DefectKind, string>
    {
        [DefectKind.Scratch] = "scratch",
        [DefectKind.Crack] = "crack",
        [DefectKind.Pit] = "pit",
        [DefectKind.Blowhole] = "blowhole",
        [DefectKind.Stain] = "stain",
        [DefectKind.Dent] = "dent",
        [DefectKind.MissingPart] = "missing-part",
        [DefectKind.Corrosion] = "corrosion",
        [DefectKind.Inclusion] = "inclusion",
        [DefectKind.Chip] = "chip",
        [DefectKind.Crease] = "crease",
        [DefectKind.Burn] = "burn",
        [DefectKind.Peeling] = "peeling",
        [DefectKind.Spatter] = "spatter",
        [DefectKind.Chatter] = "chatter",
        [DefectKind.Fibre] = "fibre",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<SurfaceTexture, DefectKind[]> Plausible = new Dictionary<SurfaceTexture, DefectKind[]>
    {
        [SurfaceTexture.BrushedMetal] =
        [
            DefectKind.Scratch, DefectKind.Crack, DefectKind.Pit, DefectKind.Stain, DefectKind.Dent, DefectKind.MissingPart,
            DefectKind.Corrosion, DefectKind.Inclusion, DefectKind.Crease, DefectKind.Burn,
        ],
        [SurfaceTexture.Cast] =
        [
            DefectKind.Scratch, DefectKind.Crack, DefectKind.Pit, DefectKind.Blowhole, DefectKind.Stain, DefectKind.MissingPart,
            DefectKind.Corrosion, DefectKind.Inclusion, DefectKind.Chip,
        ],
        [SurfaceTexture.Fabric] =
        [
            DefectKind.Stain, DefectKind.MissingPart, DefectKind.Crease, DefectKind.Burn, DefectKind.Inclusion, DefectKind.Crack,
        ],
        [SurfaceTexture.Glass] =
        [
            DefectKind.Scratch, DefectKind.Crack, DefectKind.Pit, DefectKind.Blowhole, DefectKind.Stain, DefectKind.Inclusion,
            DefectKind.Chip, DefectKind.MissingPart,
        ],
        [SurfaceTexture.Wood] =
        [
            DefectKind.Scratch, DefectKind.Crack, DefectKind.Pit, DefectKind.Stain, DefectKind.Dent, DefectKind.MissingPart,
            DefectKind.Inclusion, DefectKind.Chip, DefectKind.Burn,
        ],
        [SurfaceTexture.Pcb] =
        [
            DefectKind.Scratch, DefectKind.Crack, DefectKind.Pit, DefectKind.Stain, DefectKind.MissingPart, DefectKind.Corrosion,
            DefectKind.Inclusion, DefectKind.Chip, DefectKind.Burn,
        ],
    }.ToFrozenDictionary();

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<DefectKind> All { get; } = Enum.GetValues<DefectKind>();

    /// <summary>The kinds a default model may know.</summary>
    public static IReadOnlyList<DefectKind> Open { get; } = [.. All.Where(k => !IsReserved(k))];

    /// <summary>The kinds kept from every default model.</summary>
    public static IReadOnlyList<DefectKind> Reserved { get; } = [.. All.Where(IsReserved)];

    /// <summary>The class id: lower case with dashes, such as <c>missing-part</c>.</summary>
    public static string Name(this DefectKind kind) => Names[kind];

    /// <summary>True for the four kinds that only explicit requests draw.</summary>
    public static bool IsReserved(this DefectKind kind) => kind >= DefectKind.Peeling;

    /// <summary>The open kinds that occur on a surface.</summary>
    public static IReadOnlyList<DefectKind> For(SurfaceTexture texture) => Plausible[texture];

    /// <summary>Finds a kind by its name.</summary>
    public static bool TryParse(string name, out DefectKind kind)
    {
        foreach (var (candidate, text) in Names)
        {
            if (string.Equals(text, name, StringComparison.OrdinalIgnoreCase))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
