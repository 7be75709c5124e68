using IMDD.Cloud.Dashboard.State;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Panels;

/// <summary>Speaks the state of the plant every half minute, and at once when the alarms change.</summary>
public sealed partial class Announcer
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private string _text = "";
    private int _alarms = -1;
    private DateTimeOffset _said = DateTimeOffset.MinValue;

    [Parameter]
    [EditorRequired]
    public PlantSnapshot Plant { get; set; } = new();

    /// <summary>The line that is shown; null for all.</summary>
    [Parameter]
    public string? Line { get; set; }

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    protected override void OnParametersSet()
    {
        if (Plant.Figures is not { } figures)
        {
            return;
        }

        var alarms = figures.Alarms.Count(alarm => Line is null || alarm.Line == Line);
        var now = Time.GetUtcNow();
        if (alarms == _alarms && now - _said < Interval)
        {
            return;
        }

        _alarms = alarms;
        _said = now;
        var periods = Line is null ? figures.Plant : figures.Lines.FirstOrDefault(line => line.Line == Line)?.Periods;
        if (periods?.GetValueOrDefault(Period.Hour)?.Summary is not { } summary)
        {
            return;
        }

        _text = $"In the last hour {summary.Total} frames, {summary.Failed} failed, {summary.Undecided} undecided, "
            + $"yield {Format.Percent(summary.Yield)}, "
            + (alarms switch { 0 => "no active alarm.", 1 => "1 active alarm.", _ => $"{alarms} active alarms." });
    }
}
