using System.Text.Json.Serialization;
using IMDD.Learning.Networks;

namespace IMDD.Learning.Training.Pictures;

/// <summary>How crops are cut and varied.</summary>
public sealed record CropOptions
{
    /// <summary>Side of a crop, pixels, a multiple of <see cref="Multiple"/>.</summary>
    public int Side { get; init; } = 128;

    /// <summary>
    /// True: each step draws its side from <see cref="Sides"/>, with as many crops as make the same area. Small crops are many and cheap; in large
    /// ones the deep layers see less padding and more normal surroundings, as they will in whole pictures.
    /// </summary>
    public bool VariesSide { get; init; }

    /// <summary>Share of crops onto which a defect of another picture of the same data set is transplanted, where its outline is known (but see <see cref="TransplantsAcross"/>).</summary>
    public double TransplantShare { get; init; }

    /// <summary>
    /// True: it may be of any data set. A few frames of something new are often all that is seen of their product: without the defects of others on it,
    /// the network learns that whatever is on that product is the new one.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TransplantsAcross { get; init; }

    /// <summary>True for a network that looks at pictures at twice their size.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Doubled { get; init; }

    /// <summary>What sides are multiples of: the network's deepest cells, in pixels of the picture.</summary>
    [JsonIgnore]
    public int Multiple => Doubled ? EdgeNetworkOptions.Stride / 2 : EdgeNetworkOptions.Stride;

    /// <summary>Input pixels per truth cell, each way.</summary>
    public int OutputStride { get; init; } = 4;

    /// <summary>Share of crops of a defective picture that are cut around a defect.</summary>
    public double CentredShare { get; init; } = 0.85;

    /// <summary>Sizes vary between one over this and this.</summary>
    public double MaxScale { get; init; } = 1.3;

    /// <summary>
    /// True: crops are not turned by quarters, as three of four are else. For parts whose orientation is judged, and for light from one side: there a turned
    /// crop contradicts its truth.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unturned { get; init; }

    /// <summary>True: crops are not mirrored, as one of two is else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unmirrored { get; init; }

    /// <summary>How much light and gain vary; 0: not at all.</summary>
    public double Photometric { get; init; } = 1;

    /// <summary>True: no defect labels are used; defects are painted on normal pictures.</summary>
    public bool PaintsDefects { get; init; }

    /// <summary>Sides that steps draw from, each a multiple of <see cref="Multiple"/>.</summary>
    public IReadOnlyList<int> Sides()
        => VariesSide ? [.. new[] { 0.75, 1, 1.25, 1.75 }.Select(f => Math.Max(2, (int)Math.Round(f * Side / Multiple)) * Multiple).Distinct()] : [Side];
}
