namespace IMDD.Learning.Trainer.Bench;

/// <summary>Things that are measured against each other, run in turn, so that all of them see the same machine.</summary>
internal static class Turns
{
    /// <summary>Times of each, the first round not counted.</summary>
    public static IReadOnlyList<IReadOnlyList<Spent>> Take(int rounds, params IReadOnlyList<Action> runs)
    {
        List<Spent>[] times = [.. runs.Select(_ => new List<Spent>())];
        for (var round = 0; round <= rounds; round++)
        {
            for (var index = 0; index < runs.Count; index++)
            {
                var time = Spent.Of(runs[index]);
                if (round > 0)
                {
                    times[index].Add(time);
                }
            }
        }

        return times;
    }

    /// <summary>
    /// Times of each, in turns of several runs of which the first is not counted: it pays for what the one before left, caches that hold something else and
    /// threads of libtorch that still wait for work at full speed.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<Spent>> TakeSeveral(int rounds, int runsOfTurn, params IReadOnlyList<Action> runs)
    {
        List<Spent>[] times = [.. runs.Select(_ => new List<Spent>())];
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < runs.Count; index++)
            {
                runs[index]();
                for (var run = 0; run < runsOfTurn; run++)
                {
                    times[index].Add(Spent.Of(runs[index]));
                }
            }
        }

        return times;
    }
}
