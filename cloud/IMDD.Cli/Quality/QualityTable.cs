namespace IMDD.Cli.Quality;

/// <summary>What the quality table holds: which models are trained from what, what is measured, and the goals.</summary>
/// <param name="Rows">In the order in which they are made and shown.</param>
internal sealed record QualityTable(IReadOnlyList<QualityRow> Rows);
