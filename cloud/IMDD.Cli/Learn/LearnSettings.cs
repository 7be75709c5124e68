using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>What <c>imdd demo --learn</c> was asked for.</summary>
/// <param name="Seed">Draws the kind that turns up, and all surfaces.</param>
/// <param name="Word">True: the kind is caught by its name and a sentence about it, without new weights.</param>
/// <param name="Bundle">Folder of the model that the fleet starts with.</param>
/// <param name="Keep">True: stays up after the last figure until it is stopped.</param>
/// <param name="State">Folder for everything that is kept; null: a temporary one, removed at the end.</param>
/// <param name="MqttPort">Wanted port, or the next free one.</param>
/// <param name="KafkaPort">Wanted port, or the next free one.</param>
/// <param name="PagePort">Wanted port, or the next free one.</param>
public sealed record LearnSettings(int Seed, bool Word, string Bundle, bool Keep, string? State, int MqttPort, int KafkaPort, int PagePort)
{
    /// <summary>Lines of the plant, each with one camera and one agent.</summary>
    public const int Lines = 4;

    /// <summary>Of each camera.</summary>
    public const double FramesPerSecond = 5;

    /// <summary>Side of a frame, pixels.</summary>
    public const int FrameSide = 256;

    /// <summary>Smaller regions are dropped, pixels.</summary>
    public const int MinAreaPx = 24;

    /// <summary>Share of frames with a kind that the model knows.</summary>
    public const double KnownRate = 0.2;

    /// <summary>Share of frames with the new kind, once it has turned up.</summary>
    public const double NewRate = 0.3;

    /// <summary>When the new kind turns up.</summary>
    public static readonly TimeSpan NewAfter = TimeSpan.FromMinutes(1);

    /// <summary>The kind that no model has seen, drawn from those reserved for this.</summary>
    public DefectKind NewKind => DefectKinds.Reserved[new Random(Seed).Next(DefectKinds.Reserved.Count)];

    /// <summary>Its class id.</summary>
    public string NewKindName => NewKind.Name();

    /// <summary>What a person who sees it for the first time says that it looks like.</summary>
    public string NewKindSentence => NewKind switch
    {
        DefectKind.Peeling => "A hollow pale flake with a raised edge.",
        DefectKind.Spatter => "Many raised shiny beads.",
        DefectKind.Chatter => "Raised ripples.",
        DefectKind.Fibre => "A raised curled thread.",
        _ => throw new InvalidOperationException($"{NewKindName} is no kind that is kept back."),
    };

    /// <summary>The product of a line, from 0.</summary>
    public SurfaceOptions Surface(int line)
    {
        var textures = Enum.GetValues<SurfaceTexture>();
        return new SurfaceOptions
        {
            Texture = textures[line % textures.Length],
            Width = FrameSide,
            Height = FrameSide,
            ProductSeed = ProductSeed(line),
            DefectRate = KnownRate,
            Parts = 0,
            Clutter = 0.15,
            Variation = 0.4,
        };
    }

    /// <summary>Seed of a line's product.</summary>
    public ulong ProductSeed(int line) => (ulong)Seed * 1000 + (ulong)line;

    /// <summary>The cell of a line, <c>enterprise/site/area/line/cell</c>.</summary>
    public static string Cell(int line) => FormattableString.Invariant($"demo/ulm/paint/line{line + 1}/cell1");

    /// <summary>An agent as the registry calls it.</summary>
    public static string AddressOf(int line) => $"{Cell(line)}/{Box(line)}";

    /// <summary>The agent of a line.</summary>
    public static string Box(int line) => FormattableString.Invariant($"box{line + 1}");
}
