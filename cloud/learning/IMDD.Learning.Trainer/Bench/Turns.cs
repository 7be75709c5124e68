namespace IMDD.Learning.Trainer.Bench;

/// <summary>Things that are measured against each other, run in turn, so that all of them see the same machine.</summary>
internal static class Turns
{
    /// <summary>Times of each. The first run of each is not counted; in turns of several, nor is the first of a turn: it pays for what the one before left,
    /// caches that hold something else and threads of libtorch that still wait for work at full speed.</summary>
    /// <param name="rounds">Turns of each.</param>
    /// <param name="runs">What is run.</param>
    /// <param name="runsOfTurn">Runs that are counted of a turn.</param>
    public static IReadOnlyList<IReadOnlyList<Spent>> Take(int rounds, IReadOnlyList<Action> runs, int runsOfTurn = 1)
    {
        List<Spent>[] times = [.. runs.Select(_ => new List<Spent>())];
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < runs.Count; index++)
            {
                if (round == 0 || runsOfTurn > 1)
                {
                    runs[index]();
                }

                for (var run = 0; run < runsOfTurn; run++)
                {
                    times[index].Add(Spent.Of(runs[index]));
                }
            }
        }

        return times;
    }
}
