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
            var columns = random.Next(0, 7);
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

            assigned.Length.ShouldBe(rows);
            var pairs = assigned.Index().Where(pair => pair.Item != HungarianMatching.None).ToList();
            pairs.Select(pair => pair.Item).Distinct().Count().ShouldBe(Math.Min(rows, columns));
            pairs.Sum(pair => costs[pair.Index, pair.Item]).ShouldBe(Best(costs, 0, 0, Math.Max(0, rows - columns)), 1e-9);
        }
    }

    [Fact]
    public void Assign_MoreRowsThanColumns_LeavesTheDearestOut()
        => HungarianMatching.Assign(new double[,] { { 3, 9 }, { 1, 8 }, { 2, 1 } }).ShouldBe([HungarianMatching.None, 0, 1]);

    [Fact]
    public void Assign_NoNumber_IsRefused() => Should.Throw<ArgumentException>(() => HungarianMatching.Assign(new[,] { { double.NaN } }));

    /// <summary>By trying all.</summary>
    private static double Best(double[,] costs, int row, int taken, int toLeaveOut)
    {
        if (row == costs.GetLength(0))
        {
            return 0;
        }

        var best = toLeaveOut > 0 ? Best(costs, row + 1, taken, toLeaveOut - 1) : double.PositiveInfinity;
        for (var column = 0; column < costs.GetLength(1); column++)
        {
            if ((taken & (1 << column)) == 0)
            {
                best = Math.Min(best, costs[row, column] + Best(costs, row + 1, taken | (1 << column), toLeaveOut));
            }
        }

        return best;
    }
}
