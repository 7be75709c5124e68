namespace IMDD.Learning.Networks.Losses;

/// <summary>The cheapest assignment of rows to columns, by shortest augmenting paths (Jonker and Volgenant 1987), O(rows² · columns).</summary>
public static class HungarianMatching
{
    /// <summary>What a row has that got no column.</summary>
    public const int None = -1;

    /// <summary>For each row its column, or <see cref="None"/>: of rows and columns all of those that are fewer are assigned.</summary>
    /// <param name="costs">Rows by columns, all finite.</param>
    /// <exception cref="ArgumentException">A cost that is not finite.</exception>
    public static int[] Assign(double[,] costs)
    {
        var (rows, columns) = (costs.GetLength(0), costs.GetLength(1));
        if (costs.Cast<double>().Any(cost => !double.IsFinite(cost)))
        {
            throw new ArgumentException($"Costs of {rows}×{columns}; expected finite numbers.", nameof(costs));
        }

        return rows <= columns ? AssignAllRows(costs, rows, columns) : Inverted(AssignAllRows(Transposed(costs), columns, rows), rows);
    }

    private static double[,] Transposed(double[,] costs)
    {
        var transposed = new double[costs.GetLength(1), costs.GetLength(0)];
        for (var row = 0; row < costs.GetLength(0); row++)
        {
            for (var column = 0; column < costs.GetLength(1); column++)
            {
                transposed[column, row] = costs[row, column];
            }
        }

        return transposed;
    }

    private static int[] Inverted(int[] rowOfColumn, int rows)
    {
        var columnOfRow = new int[rows];
        Array.Fill(columnOfRow, None);
        foreach (var (column, row) in rowOfColumn.Index())
        {
            columnOfRow[row] = column;
        }

        return columnOfRow;
    }

    private static int[] AssignAllRows(double[,] costs, int rows, int columns)
    {
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
