using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>Says whether the counts are too old to act on.</summary>
public sealed class FigureFreshness(TimeProvider time, IOptions<DashboardOptions> options)
{
    /// <summary>True when there are counts and the last good read of them is older than allowed.</summary>
    public bool IsStale(PlantSnapshot snapshot)
        => snapshot.Figures is { } figures && time.GetUtcNow() - figures.ReadAt > options.Value.StaleAfter;
}
