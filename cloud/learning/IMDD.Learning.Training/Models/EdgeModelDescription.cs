using System.Text.Json.Serialization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Text;

namespace IMDD.Learning.Training.Models;

/// <summary>All of a model but its weights.</summary>
/// <param name="Network">What the network was made of.</param>
/// <param name="Classes">What it can name; where <see cref="Rows"/> says nothing else, the rows of text are in this order.</param>
/// <param name="Calibration">How logits become decisions.</param>
/// <param name="Lineage">Where it came from.</param>
public sealed record EdgeModelDescription(
    EdgeNetworkOptions Network, IReadOnlyList<TrainedClass> Classes, EdgeCalibration Calibration, EdgeModelLineage Lineage)
{
    private const string TextKind = "text";
    private const string PrototypeKind = "prototype";

    /// <summary>True where every weight is a 16-bit float and kept as one.</summary>
    public bool HalfWeights { get; init; }

    /// <summary>What it reached on the validation side of its run, by name; null where nothing was measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>What the rows of text are made of; null: one for each class, of its words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ModelRow>? Rows { get; init; }

    /// <summary>
    /// The words that pixels were learned to match, of names and of looks. What others mean, an encoder of letters does not know. Null: that was not kept, or rows are
    /// made with CLIP, which knows more words than a training shows.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? SeenWords { get; init; }

    /// <summary>The CLIP that rows are made with; null: they are made of letters.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClipReference? Clip { get; init; }

    /// <summary>The rows of text, in their order.</summary>
    public IReadOnlyList<ModelRow> ListRows() => Rows ?? [.. Classes.Select(c => new ModelRow(c.Id, Prototype: null))];

    /// <summary>The same in a manifest's words.</summary>
    internal IReadOnlyList<BundleRow> BundleRows() =>
    [
        .. ListRows().Select((row, i) => new BundleRow(
            row.ClassId, Classes.First(c => c.Id == row.ClassId).Name, row.Prototype is null ? TextKind : PrototypeKind, Calibration.RowThresholds.ElementAtOrDefault(i))
        {
            Length = row.Length,
        }),
    ];

    /// <summary>The classes in a manifest's words.</summary>
    internal IReadOnlyList<BundleClass> BundleClasses() =>
    [
        .. Classes.Select(c => new BundleClass(
            c.Id,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = c.Name },
            Enum.TryParse<Severity>(c.Severity, ignoreCase: true, out var severity) ? severity : Severity.Major)),
    ];
}
