using System.Collections.Immutable;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>Everything the page shows, at one moment. Immutable: one is shared by all who look.</summary>
public sealed record PlantSnapshot
{
    /// <summary>Counts and states; null before the first answer.</summary>
    public PlantFigures? Figures { get; init; }

    /// <summary>Why the last question to the aggregator failed; null when it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>Failed frames, newest first.</summary>
    public ImmutableArray<FailedFrameView> FailedFrames { get; init; } = [];

    /// <summary>
    /// With the frames added, newest first, at most <paramref name="limit"/> in all. A frame that is there already is replaced: its picture
    /// may have been stored since. The same snapshot where nothing changed.
    /// </summary>
    public PlantSnapshot WithFailedFrames(IEnumerable<FailedFrame> frames, int limit)
    {
        var byId = FailedFrames.ToDictionary(view => view.OutcomeId, StringComparer.Ordinal);
        var changed = false;
        foreach (var frame in frames)
        {
            var view = new FailedFrameView(frame);
            if (!byId.TryGetValue(view.OutcomeId, out var known) || known.PictureStored != view.PictureStored)
            {
                byId[view.OutcomeId] = view;
                changed = true;
            }
        }

        return changed
            ? this with
            {
                FailedFrames =
                [
                    .. byId.Values.OrderByDescending(view => view.Frame.Time).ThenBy(view => view.OutcomeId, StringComparer.Ordinal).Take(limit),
                ],
            }
            : this;
    }
}
