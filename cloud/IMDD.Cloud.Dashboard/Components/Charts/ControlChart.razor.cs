using System.Globalization;
using System.Text;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>Draws a p-chart as SVG; the same data stands below it as a table.</summary>
public sealed partial class ControlChart
{
    private const double Width = 760;
    private const double Height = 260;
    private const double Left = 56;
    private const double Right = Width - 12;
    private const double Top = 12;
    private const double Bottom = Height - 30;
    private const int GridSteps = 4;
    private const int TimeLabels = 6;

    private readonly string _titleId = "p" + Guid.NewGuid().ToString("N");
    private readonly string _descId = "d" + Guid.NewGuid().ToString("N");
    private double _top = 1;
    private double _step = 1;

    /// <summary>What is drawn; null where there is nothing yet.</summary>
    [Parameter]
    [EditorRequired]
    public PChart? Chart { get; set; }

    [Inject]
    private PlantClock Clock { get; set; } = default!;

    private IReadOnlyList<PChartPoint> Points => Chart?.Points ?? [];

    private double? Center => Chart?.CenterLine;

    private int Signals => Points.Count(IsSignal);

    private string Description
    {
        get
        {
            var last = Points[^1];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Points.Count} windows. Mean fraction failed {Format.Percent(Center)}. Latest window {Clock.Minute(last.WindowStart)}: "
                + $"{Format.Percent(last.Proportion)} of {last.Inspected} inspected. {Signals} out of control.");
        }
    }

    protected override void OnParametersSet()
    {
        var highest = Points.Count == 0 ? 0 : Points.Max(point => Math.Max(point.Proportion, Math.Min(point.UpperLimit ?? 0, 1)));
        highest = Math.Max(highest, Center ?? 0);
        _step = highest > 0 ? ChartScale.Step(highest * 1.05, GridSteps) : 0.01;
        _top = highest > 0 ? _step * Math.Ceiling(highest * 1.05 / _step - 1e-9) : _step * GridSteps;
        _top = Math.Min(_top, Math.Max(1, highest));
    }

    private static string F(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private string X(int index) => F(XOf(index));

    private double XOf(double index) => Points.Count == 1
        ? (Left + Right) / 2
        : Left + 10 + (Right - Left - 20) * index / (Points.Count - 1);

    private string Y(double fraction) => F(YOf(fraction));

    private double YOf(double fraction) => Bottom - (Bottom - Top) * Math.Clamp(fraction / _top, 0, 1);

    private string Tick(double value)
        => (value * 100).ToString(_step < 0.001 ? "0.00" : _step < 0.01 ? "0.0" : "0", CultureInfo.InvariantCulture) + "\u202f%";

    private IEnumerable<(int Index, string Label)> TimeTicks()
    {
        var every = Math.Max(1, (int)Math.Ceiling(Points.Count / (double)TimeLabels));
        for (var i = Points.Count - 1; i >= 0; i -= every)
        {
            yield return (i, Clock.HourMinute(Points[i].WindowStart));
        }
    }

    private string SeriesPoints()
        => string.Join(' ', Points.Select((point, i) => $"{X(i)},{Y(point.Proportion)}"));

    private string StepPath(Func<PChartPoint, double?> limit)
    {
        StringBuilder path = new();
        var drawing = false;
        for (var i = 0; i < Points.Count; i++)
        {
            if (limit(Points[i]) is not { } value)
            {
                drawing = false;
                continue;
            }

            path.Append(drawing ? 'L' : 'M').Append(F(StepStart(i))).Append(' ').Append(Y(value))
                .Append('L').Append(F(StepEnd(i))).Append(' ').Append(Y(value));
            drawing = true;
        }

        return path.ToString();
    }

    private string BandPath()
    {
        StringBuilder path = new();
        for (var i = 0; i < Points.Count; i++)
        {
            if (Points[i] is { LowerLimit: { } lower, UpperLimit: { } upper })
            {
                path.Append(CultureInfo.InvariantCulture, $"M{F(StepStart(i))} {Y(lower)}H{F(StepEnd(i))}V{Y(upper)}H{F(StepStart(i))}Z");
            }
        }

        return path.ToString();
    }

    private double StepStart(int index) => Math.Max(Left, XOf(index - 0.5));

    private double StepEnd(int index) => Math.Min(Right, XOf(index + 0.5));

    private string Diamond(int index, double fraction)
    {
        const double Half = 6.5;
        double x = XOf(index), y = YOf(fraction);
        return $"M{F(x)} {F(y - Half)}L{F(x + Half)} {F(y)}L{F(x)} {F(y + Half)}L{F(x - Half)} {F(y)}Z";
    }

    private static bool IsSignal(PChartPoint point) => point.Signal != PChartSignal.None;

    private static string SignalText(PChartPoint point) => point.Signal switch
    {
        PChartSignal.None => point.Complete ? "" : "still filling",
        PChartSignal.AboveLimit => "above the limit",
        PChartSignal.BelowLimit => "below the limit",
        PChartSignal.RunAbove => "eight above the mean",
        PChartSignal.RunBelow => "eight below the mean",
        var other => other,
    };

    private string PointText(PChartPoint point)
        => $"{Clock.Minute(point.WindowStart)}: {Format.Percent(point.Proportion)} ({Format.Count(point.Failed)} of {Format.Count(point.Inspected)})"
        + (SignalText(point) is { Length: > 0 } signal ? ", " + signal : "");
}
