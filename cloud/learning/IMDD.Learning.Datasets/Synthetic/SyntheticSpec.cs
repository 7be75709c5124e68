using System.Globalization;
using IMDD.Synthetics;

namespace IMDD.Learning.Datasets.Synthetic;

/// <summary>What <c>synthetic:seed=7,count=200,kinds=scratch+crack,size=256,textures=cast+wood,defective=0.5</c> asks for.</summary>
public sealed record SyntheticSpec
{
    private const int MaxCount = 100_000;

    /// <summary>Seed of the first picture; the others follow.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Pictures.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Products of each surface, in turn: looks, layouts and places of parts of their own. A product's frames are one group.</summary>
    public int Products { get; init; } = 1;

    /// <summary>Side, pixels.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Kinds; empty: the open ones. Reserved kinds come only when named.</summary>
    public IReadOnlyList<DefectKind> Kinds { get; init; } = [];

    /// <summary>Surfaces, in turn.</summary>
    public IReadOnlyList<SurfaceTexture> Textures { get; init; } = Enum.GetValues<SurfaceTexture>();

    /// <summary>Share of defective pictures.</summary>
    public double Defective { get; init; } = 0.5;

    /// <summary>What the defects are called; other than by their kind, it also says which are drawn, and <see cref="Kinds"/> stays empty.</summary>
    public SurfaceNaming Names { get; init; }

    /// <summary>True where the names are of surface and kind.</summary>
    internal bool NamesSurface => Names is SurfaceNaming.Base or SurfaceNaming.Novel or SurfaceNaming.Unseen;

    /// <summary>The kinds that are drawn on a surface; empty: the open ones that occur there, or none where the names are of looks.</summary>
    public IReadOnlyList<DefectKind> KindsOn(SurfaceTexture texture) => NamesSurface ? SurfaceNames.Kinds(texture, Names) : Kinds;

    /// <summary>Parses the text after <c>synthetic:</c>.</summary>
    /// <exception cref="DatasetException">An unknown key or a value out of range; the message names it.</exception>
    public static SyntheticSpec Parse(string text)
    {
        SyntheticSpec spec = new();
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cut = pair.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = cut > 0 ? (pair[..cut], pair[(cut + 1)..]) : (pair, "");
            spec = key switch
            {
                "seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => spec with { Seed = seed },
                "count" when Integer(value, 1, MaxCount) is { } count => spec with { Count = count },
                "products" when Integer(value, 1, MaxCount) is { } products => spec with { Products = products },
                "size" when Integer(value, SurfaceOptions.MinSide, SurfaceOptions.MaxSide) is { } size => spec with { Size = size },
                "defective" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
                    => spec with { Defective = share },
                "kinds" => spec with { Kinds = [.. value.Split('+').Select(Kind)] },
                "names" when Enum.TryParse<SurfaceNaming>(value, ignoreCase: true, out var names) && Enum.IsDefined(names) => spec with { Names = names },
                "textures" => spec with { Textures = [.. value.Split('+').Select(Texture)] },
                _ => throw new DatasetException(
                    $"'{pair}' is not understood: expected seed=N, count=1…{MaxCount}, products=1…{MaxCount}, size={SurfaceOptions.MinSide}…{SurfaceOptions.MaxSide}, defective=0…1, kinds=a+b, textures=a+b, "
                    + "names=kind|base|novel|unseen|looks|novellooks."),
            };
        }

        if (spec.Names != SurfaceNaming.Kind)
        {
            return spec.Kinds.Count > 0
                ? throw new DatasetException($"'{text}' gives kinds and names={spec.Names.ToString().ToLowerInvariant()}, which says itself what is drawn: expected one of them.")
                : spec.NamesSurface ? spec with { Textures = [.. spec.Textures.Where(t => SurfaceNames.Kinds(t, spec.Names).Count > 0)] } : spec;
        }

        return spec;
    }

    /// <summary>The canonical text: what the same pictures are called, however they were asked for.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed={Seed},count={Count},{(Products == 1 ? "" : $"products={Products},")}size={Size},defective={Defective},kinds={string.Join('+', Kinds.Select(k => k.Name()))},textures={string.Join('+', Textures)}{(Names == SurfaceNaming.Kind ? "" : $",names={Names}")}");

    private static int? Integer(string text, int low, int high)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high ? value : null;

    private static DefectKind Kind(string name)
        => DefectKinds.TryParse(name, out var kind)
            ? kind
            : throw new DatasetException($"'{name}' is not a kind: expected {string.Join(", ", DefectKinds.All.Select(k => k.Name()))}.");

    private static SurfaceTexture Texture(string name)
        => Enum.TryParse<SurfaceTexture>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var texture) && Enum.IsDefined(texture)
            ? texture
            : throw new DatasetException($"'{name}' is not a surface: expected {string.Join(", ", Enum.GetNames<SurfaceTexture>())}.");
}
