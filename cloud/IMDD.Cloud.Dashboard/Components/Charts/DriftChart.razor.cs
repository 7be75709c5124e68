using System.Globalization;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>Geometry of the chart, in the units of its view box; the same data stands below it as a table.</summary>
public sealed partial class DriftChart
{
    private const double Width = 760;
    private const double Height = 220;
    private const double Left = 56;
    private const double Right = Width - 12;
    private const double Top = 12;
    private const double Bottom = Height - 30;
    private const int GridSteps = 4;
    private const int TimeLabels = 6;

    private readonly string _titleId = "t" + Guid.NewGuid().ToString("N");
    private readonly string _descId = "d" + Guid.NewGuid().ToString("N");
    private double _top = 1;
    private double _step = 1;

    /// <summary>The camera.</summary>
    [Parameter]
    [EditorRequired]
    public DriftReport Report { get; set; } = default!;

    /// <summary>A <see cref="StatisticName"/>.</summary>
    [Parameter]
    [EditorRequired]
    public string Statistic { get; set; } = "";

    [Inject]
    private PlantClock Clock { get; set; } = default!;

    private IReadOnlyList<(DriftWindow Window, DriftScore Score)> Points { get; set; } = [];

    private bool IsOfEmbeddings => Statistic == StatisticName.Embedding;

    private string Measure => IsOfEmbeddings ? "Squared mean discrepancy" : "Stability index";

    private double DriftLevel => IsOfEmbeddings ? Report.EmbeddingLevel : Report.DriftLevel;

    private double? WatchLevel => IsOfEmbeddings ? null : Report.WatchLevel;

    private int Signals => Points.Count(point => point.Score.IsSignal);

    private string Description
    {
        get
        {
            var (window, score) = Points[^1];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Points.Count} windows, {Signals} beyond the level of {Score(DriftLevel)}. Latest window {Clock.Minute(window.Start)}: {Score(score.Effect)}.");
        }
    }

    protected override void OnParametersSet()
    {
        Points =
        [
            .. from window in Report.Windows
               from score in window.Scores
               where score.Statistic == Statistic
               select (window, score),
        ];
        var highest = Math.Max(DriftLevel, Points.Count == 0 ? 0 : Points.Max(point => point.Score.Effect)) * 1.05;
        _step = ChartScale.Step(highest, GridSteps);
        _top = _step * Math.Ceiling((highest / _step) - 1e-9);
    }

    private static string F(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Score(double value) => value.ToString("0.00#", CultureInfo.InvariantCulture);

    private static string P(double value) => value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private double XOf(double index) => Points.Count == 1 ? (Left + Right) / 2 : Left + 10 + ((Right - Left - 20) * index / (Points.Count - 1));

    private string X(int index) => F(XOf(index));

    private double YOf(double value) => Bottom - ((Bottom - Top) * Math.Clamp(value / _top, 0, 1));

    private string Y(double value) => F(YOf(value));

    private string SeriesPoints() => string.Join(' ', Points.Select((point, i) => $"{X(i)},{Y(point.Score.Effect)}"));

    private IEnumerable<(int Index, string Label)> TimeTicks()
    {
        var every = Math.Max(1, (int)Math.Ceiling(Points.Count / (double)TimeLabels));
        for (var i = Points.Count - 1; i >= 0; i -= every)
        {
            yield return (i, Clock.HourMinute(Points[i].Window.Start));
        }
    }

    private string Diamond(int index, double value)
    {
        const double Half = 6.5;
        double x = XOf(index), y = YOf(value);
        return $"M{F(x)} {F(y - Half)}L{F(x + Half)} {F(y)}L{F(x)} {F(y + Half)}L{F(x - Half)} {F(y)}Z";
    }

    private string PointText(DriftWindow window, DriftScore score)
        => $"{Clock.Minute(window.Start)}: {Score(score.Effect)}, p {P(score.PValue)}, {Format.Count(window.Frames)} frames" + (score.IsSignal ? ", beyond the level" : "");
}
