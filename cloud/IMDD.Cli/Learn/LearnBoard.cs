using IMDD.Contracts.Events;
using IMDD.Contracts.Learning;

namespace IMDD.Cli.Learn;

/// <summary>What the page shows of the loop: phase, marks, and the new kind's figures over time.</summary>
/// <param name="newKind">Class id.</param>
internal sealed class LearnBoard(string newKind)
{
    private const double SpanSeconds = 10;

    private readonly Lock _gate = new();
    private readonly List<LearningMark> _marks = [];
    private LearnJudge? _judge;
    private string _phase = "starting";

    /// <summary>Labels given so far.</summary>
    public Func<int> Labels { get; set; } = () => 0;

    /// <summary>From now on the page shows figures.</summary>
    public void Watch(LearnJudge judge) => _judge = judge;

    /// <summary>Something has happened, and something else goes on from now.</summary>
    public void Mark(string what, string phase)
    {
        lock (_gate)
        {
            _marks.Add(new LearningMark(Math.Round(_judge?.Now.TotalSeconds ?? 0, 1), what));
            _phase = phase;
        }
    }

    /// <summary>Maps the account.</summary>
    public void Map(WebApplication app) => app.MapGet(LearningRoutes.Progress, () => Results.Json(Progress(), ImddJson.Options));

    private LearningProgress Progress()
    {
        var now = _judge?.Now ?? TimeSpan.Zero;
        var points = _judge?.Read(frames => frames
            .Where(frame => frame.IsJudged(now))
            .GroupBy(frame => (int)(frame.ShownAt.TotalSeconds / SpanSeconds))
            .OrderBy(span => span.Key)
            .Select(span => new LearningPoint(
                (span.Key + 0.5) * SpanSeconds, span.Count(), span.Count(frame => frame.Detected), span.Count(frame => frame.Caught)))
            .ToList()) ?? [];
        lock (_gate)
        {
            return new LearningProgress
            {
                NewKind = newKind,
                Phase = _phase,
                ElapsedSeconds = Math.Round(now.TotalSeconds, 1),
                Labels = Labels(),
                Points = points,
                Marks = [.. _marks],
            };
        }
    }
}
