using IMDD.Learning.Networks.Losses;

namespace IMDD.Learning.Networks.Tests.Losses;

public sealed class HungarianMatchingTests
{
    [Fact]
    public void Assign_SmallCases_CostsAsLittleAsTheBestOfAll()
    {
        Random random = new(12);
        for (var time = 0; time < 500; time++)
        {
            var rows = random.Next(0, 6);
            var columns = random.Next(rows, 7);
            var costs = new double[rows, columns];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    // Whole numbers half of the time, so that there are ties.
                    costs[row, column] = time % 2 == 0 ? random.Next(-3, 4) : random.NextDouble();
                }
            }

            var assigned = HungarianMatching.Assign(costs);

            assigned.Distinct().Count().ShouldBe(rows);
            assigned.Select((column, row) => costs[row, column]).Sum().ShouldBe(Best(costs, 0, 0), 1e-9);
        }
    }

    [Fact]
    public void Assign_MoreRowsThanColumnsOrNoNumber_IsRefused()
    {
        Should.Throw<ArgumentException>(() => HungarianMatching.Assign(new double[2, 1]));
        Should.Throw<ArgumentException>(() => HungarianMatching.Assign(new[,] { { double.NaN } }));
    }

    private static double Best(double[,] costs, int row, int taken)
    {
        if (row == costs.GetLength(0))
        {
            return 0;
        }

        var best = double.PositiveInfinity;
        for (var column = 0; column < costs.GetLength(1); column++)
        {
            if ((taken & (1 << column)) == 0)
            {
                best = Math.Min(best, costs[row, column] + Best(costs, row + 1, taken | (1 << column)));
            }
        }

        return best;
    }
}
