namespace IMDD.Learning.Training.Words;

/// <summary>One defect as the network sees it.</summary>
/// <param name="Truth">Index of its class.</param>
/// <param name="Cells">Unit embeddings of some of its cells.</param>
/// <param name="BestRow">For each cell, the row that fits best of those that there are.</param>
/// <param name="BestLogit">For each cell, that row's logit.</param>
internal sealed record DefectEmbeddings(int Truth, IReadOnlyList<float[]> Cells, IReadOnlyList<int> BestRow, IReadOnlyList<double> BestLogit)
{
    /// <summary>The row by which it goes: whose scores where it is best add up to most. The number of rows where that is the one given.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="further">Logit of one more row for a cell; null: there is none.</param>
    public int Winner(int rows, Func<float[], double>? further = null)
    {
        var sums = new double[rows + 1];
        for (var i = 0; i < Cells.Count; i++)
        {
            var logit = further?.Invoke(Cells[i]) ?? double.NegativeInfinity;
            sums[logit > BestLogit[i] ? rows : BestRow[i]] += 1 / (1 + Math.Exp(-Math.Max(logit, BestLogit[i])));
        }

        return Array.IndexOf(sums, sums.Max());
    }
}
