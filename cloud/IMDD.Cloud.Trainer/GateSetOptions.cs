using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Trainer;

/// <summary>The pictures that challengers are judged on, and that none is ever trained on.</summary>
public sealed class GateSetOptions
{
    /// <summary><c>KEY:PATH</c> of data sets, or <c>synthetic:…</c>.</summary>
    public List<string> Data { get; set; } = [];

    /// <summary>Side of their split that is looked at: <c>test</c>, or <c>all</c>.</summary>
    [Required]
    public string Split { get; set; } = "test";

    /// <summary>Share of the labelled frames that is kept for the gate, chosen by the picture's hash: once in, always in.</summary>
    [Range(0.0, 0.9)]
    public double LabelledShare { get; set; } = 0.2;

    /// <summary>How much worse than the champion a challenger may be: what <c>imdd train gate --limits</c> takes.</summary>
    public string Limits { get; set; } = "";

    /// <summary>The station's pixel threshold; null: each model's own.</summary>
    [Range(0.0, 1.0)]
    public double? Threshold { get; set; }

    /// <summary>Seed of the bootstrap.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; set; } = 1;
}
