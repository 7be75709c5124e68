namespace IMDD.Cli.Quality;

/// <summary>What is to be made.</summary>
/// <param name="Rows">In their order.</param>
/// <param name="Seeds">All rows are made with the first, then with the next.</param>
/// <param name="Minutes">CPU-minutes of training per row and seed.</param>
/// <param name="Size">Of the networks.</param>
/// <param name="From">A bundle to start from, and its digest; null: from nothing.</param>
/// <param name="WorkFolder">Holds the models and what is needed to go on.</param>
internal sealed record QualityRequest(IReadOnlyList<QualityRow> Rows, IReadOnlyList<int> Seeds, double Minutes, string Size, (string Folder, string Digest)? From, string WorkFolder)
{
    /// <summary>How a row is made by it.</summary>
    public QualityConditions ConditionsOf(QualityRow row) => QualityConditions.Of(row, Minutes, Size, From?.Digest);
}
