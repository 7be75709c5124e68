namespace IMDD.Cli.Learn;

/// <summary>How well the new kind was caught, over frames that nobody was offered for labelling.</summary>
/// <param name="Frames">Of the agent with the fewest.</param>
/// <param name="Recall">Caught of all, of the worst agent.</param>
/// <param name="Detection">Failed with a region in the right place, whatever its name, of the worst agent.</param>
/// <param name="Naming">Caught of those detected, of all agents together; null where none was.</param>
/// <param name="RecallByAgent">By agent.</param>
public sealed record NewKindFigures(int Frames, double? Recall, double? Detection, double? Naming, IReadOnlyDictionary<string, double?> RecallByAgent)
{
    /// <summary>Over frames that count.</summary>
    internal static NewKindFigures Of(IEnumerable<WatchedFrame> frames) => OfJudged(frames.Select(frame => (frame.Line, frame.Detected, frame.Caught)));

    /// <summary>The same of any frames of the new kind.</summary>
    internal static NewKindFigures OfJudged(IEnumerable<(int Line, bool Detected, bool Caught)> frames)
    {
        var lines = frames.ToLookup(frame => frame.Line);
        var all = Enumerable.Range(0, LearnSettings.Lines).Select(line => lines[line].ToList()).ToList();
        var detected = all.Sum(line => line.Count(frame => frame.Detected));
        return new NewKindFigures(
            all.Min(line => line.Count),
            Worst(frame => frame.Caught),
            Worst(frame => frame.Detected),
            detected == 0 ? null : Math.Round((double)all.Sum(line => line.Count(frame => frame.Caught)) / detected, 4),
            Enumerable.Range(0, all.Count).ToDictionary(LearnSettings.Box, line => Share(all[line], frame => frame.Caught), StringComparer.Ordinal));

        double? Worst(Func<(int Line, bool Detected, bool Caught), bool> holds) => all.Exists(line => line.Count == 0) ? null : all.Min(line => Share(line, holds));
    }

    private static double? Share(List<(int Line, bool Detected, bool Caught)> frames, Func<(int Line, bool Detected, bool Caught), bool> holds)
        => frames.Count == 0 ? null : Math.Round((double)frames.Count(holds) / frames.Count, 4);
}
