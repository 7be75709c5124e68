using System.Diagnostics;
using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cli.Learn;

/// <summary>
/// A person at the review page, scripted: takes what the queue gives, paints and names what nobody knew, says so where a good part was failed,
/// and passes on the rest. It knows what a person would see, at a person's pace, with a brush that is not exact.
/// </summary>
/// <param name="curator">The curator's API.</param>
/// <param name="judge">Knows what the frames show.</param>
/// <param name="name">What the new kind is called.</param>
/// <param name="wanted">Labels of the new kind after which the reviewer has done enough.</param>
internal sealed class ScriptedReviewer(HttpClient curator, LearnJudge judge, string name, int wanted)
{
    /// <summary>Labels at most, of all kinds.</summary>
    public const int MaxLabels = 25;

    private const string Rater = "rita";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Paint = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);

    /// <summary>A line from which nothing comes is not waited for longer.</summary>
    private static readonly TimeSpan LinePatience = TimeSpan.FromSeconds(5);

    private static readonly ReviewRequest Asker = new() { RaterId = Rater, Holder = "demo" };

    private readonly Dictionary<string, int> _newOfLine = Enumerable.Range(0, LearnSettings.Lines).ToDictionary(LearnSettings.Cell, _ => 0, StringComparer.Ordinal);
    private long _lastNew = Stopwatch.GetTimestamp();

    /// <summary>Told each frame of the new kind, and what was painted on it.</summary>
    public Action<ReviewFrame, MaskRle>? Said { get; init; }

    /// <summary>Labels given so far.</summary>
    public int Labels { get; private set; }

    /// <summary>Of them, of the new kind.</summary>
    public int NewLabels { get; private set; }

    /// <summary>Reviews until enough frames of the new kind are labelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (NewLabels < wanted && Labels < MaxLabels)
        {
            using var answer = await curator.PostAsJsonAsync(ReviewRoutes.Next, Asker, ImddJson.Options, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NoContent)
            {
                await Task.Delay(Wait, cancellationToken);
                continue;
            }

            answer.EnsureSuccessStatusCode();
            var frame = (await answer.Content.ReadFromJsonAsync<ReviewFrame>(ImddJson.Options, cancellationToken))!;
            LineTruth? truth;
            while ((truth = judge.Offer(frame.OutcomeId)) is null)
            {
                await Task.Delay(Wait, cancellationToken);
            }

            await Task.Delay(Look, cancellationToken);
            if (Say(frame, truth) is { } label)
            {
                await Task.Delay(Paint, cancellationToken);
                await PostAsync(ReviewRoutes.Labels, frame, label, cancellationToken);
                Labels++;
                if (label.Drawn is [{ MaskRle: { } painted }])
                {
                    NewLabels++;
                    _newOfLine[frame.AssetPath]++;
                    _lastNew = Stopwatch.GetTimestamp();
                    Said?.Invoke(frame, painted);
                }
            }
            else
            {
                await PostAsync(ReviewRoutes.Skip, frame, Asker, cancellationToken);
            }
        }
    }

    private LabelRequest? Say(ReviewFrame frame, LineTruth truth)
    {
        if (truth.Defects.FirstOrDefault(defect => defect.Kind == name) is { } shown)
        {
            return !IsOfTurn(frame.AssetPath) ? null : new LabelRequest
            {
                RaterId = Asker.RaterId,
                Holder = Asker.Holder,
                Judgement = LabelJudgement.MissedDefect,
                Drawn = [new DrawnRegion { Class = name, MaskRle = Brush.Over(shown.MaskRle) }],
                KeepPredicted = false,
            };
        }

        // A few good parts that were failed, so that the new model learns what is none as well.
        return truth.Defects.Count == 0 && frame.Verdict == Verdict.Fail && Labels - NewLabels < LearnRecipe.LabelsOfFalseAlarms
            ? new LabelRequest { RaterId = Asker.RaterId, Holder = Asker.Holder, Judgement = LabelJudgement.FalseAlarm }
            : null;
    }

    /// <summary>Labels are few, and what one line shows says little of another: the line with the fewest comes first.</summary>
    private bool IsOfTurn(string line) => _newOfLine[line] == _newOfLine.Values.Min() || Stopwatch.GetElapsedTime(_lastNew) > LinePatience;

    private async Task PostAsync<T>(string route, ReviewFrame frame, T body, CancellationToken cancellationToken)
    {
        using var answer = await curator.PostAsJsonAsync(
            route.Replace("{outcomeId}", Uri.EscapeDataString(frame.OutcomeId), StringComparison.Ordinal), body, ImddJson.Options, cancellationToken);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
        {
            throw new CommandFailedException($"The curator refuses a verdict ({(int)answer.StatusCode}): {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
