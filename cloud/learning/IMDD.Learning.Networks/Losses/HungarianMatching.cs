namespace IMDD.Learning.Networks.Losses;

/// <summary>The cheapest assignment of rows to columns, by shortest augmenting paths (Jonker and Volgenant 1987), O(rows² · columns).</summary>
public static class HungarianMatching
{
    /// <summary>For each row its column.</summary>
    /// <param name="costs">Rows by columns, at most as many rows as columns, all finite.</param>
    /// <exception cref="ArgumentException">More rows than columns, or a cost that is not finite.</exception>
    public static int[] Assign(double[,] costs)
    {
        var (rows, columns) = (costs.GetLength(0), costs.GetLength(1));
        if (rows > columns || costs.Cast<double>().Any(cost => !double.IsFinite(cost)))
        {
            throw new ArgumentException($"Costs of {rows}×{columns}; expected at most as many rows as columns, and finite numbers.", nameof(costs));
        }

        // Index 0 is a row and a column that stand for "none".
        var rowPotential = new double[rows + 1];
        var columnPotential = new double[columns + 1];
        var rowOfColumn = new int[columns + 1];
        var before = new int[columns + 1];
        for (var row = 1; row <= rows; row++)
        {
            Augment(row, costs, rowPotential, columnPotential, rowOfColumn, before);
        }

        var columnOfRow = new int[rows];
        for (var column = 1; column <= columns; column++)
        {
            if (rowOfColumn[column] > 0)
            {
                columnOfRow[rowOfColumn[column] - 1] = column - 1;
            }
        }

        return columnOfRow;
    }

    private static void Augment(int row, double[,] costs, double[] rowPotential, double[] columnPotential, int[] rowOfColumn, int[] before)
    {
        var columns = columnPotential.Length - 1;
        var slack = new double[columns + 1];
        Array.Fill(slack, double.PositiveInfinity);
        var visited = new bool[columns + 1];
        rowOfColumn[0] = row;
        var current = 0;
        do
        {
            visited[current] = true;
            var from = rowOfColumn[current];
            var smallest = double.PositiveInfinity;
            var next = 0;
            for (var column = 1; column <= columns; column++)
            {
                if (visited[column])
                {
                    continue;
                }

                var reduced = costs[from - 1, column - 1] - rowPotential[from] - columnPotential[column];
                if (reduced < slack[column])
                {
                    (slack[column], before[column]) = (reduced, current);
                }

                if (slack[column] < smallest)
                {
                    (smallest, next) = (slack[column], column);
                }
            }

            for (var column = 0; column <= columns; column++)
            {
                if (visited[column])
                {
                    rowPotential[rowOfColumn[column]] += smallest;
                    columnPotential[column] -= smallest;
                }
                else
                {
                    slack[column] -= smallest;
                }
            }

            current = next;
        }
        while (rowOfColumn[current] != 0);

        while (current != 0)
        {
            rowOfColumn[current] = rowOfColumn[before[current]];
            current = before[current];
        }
    }
}
