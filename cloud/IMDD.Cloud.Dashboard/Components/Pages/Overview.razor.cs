using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Pages;

/// <summary>The one page: the whole plant, or one line of it.</summary>
public sealed partial class Overview
{
    private const int ParetoLimit = 8;

    private string? _line;
    private Period _period;

    /// <summary>Path of the line to show; all of them without it.</summary>
    [SupplyParameterFromQuery(Name = "line")]
    public string? LineQuery { get; set; }

    /// <summary><c>hour</c> or <c>day</c>.</summary>
    [SupplyParameterFromQuery(Name = "period")]
    public string? PeriodQuery { get; set; }

    [Inject]
    private FigureFreshness Freshness { get; set; } = default!;

    private string Title => _line is null ? "Line inspection" : $"{Format.LineName(_line)} · Line inspection";

    private string ScopeName => _line ?? (Plant.Figures is { Lines: [var only] } ? only.Line : "all lines");

    /// <summary>The line that is shown, or null for all.</summary>
    private LineFigures? Shown => _line is null ? null : Plant.Figures?.Lines.FirstOrDefault(line => line.Line == _line);

    /// <summary>A control chart is of one process: with several lines and none chosen, the first is charted.</summary>
    private LineFigures? Charted => _line is null ? Plant.Figures?.Lines.FirstOrDefault() : Shown;

    /// <summary>Where there is one line, it is the plant: its figures are read once, not twice at two moments.</summary>
    private PeriodFigures? Current
        => (_line is not null ? Shown?.Periods : Plant.Figures is { Lines: [var only] } ? only.Periods : Plant.Figures?.Plant)?.GetValueOrDefault(_period);

    /// <summary>Distinct outcomes, ever.</summary>
    private long Counted => _line is null ? Plant.Figures?.Totals.Outcomes ?? 0 : Balances.Sum(balance => balance.Outcomes);

    private IReadOnlyList<CameraConservation> Balances => [.. Plant.Figures?.Balances.Where(balance => Shows(balance.Camera)) ?? []];

    private IReadOnlyList<FailedFrameView> Failed => [.. Plant.FailedFrames.Where(view => _line is null || view.Frame.Line == _line)];

    private IReadOnlyList<LineAlarm> Alarms => [.. Plant.Figures?.Alarms.Where(alarm => _line is null || alarm.Line == _line) ?? []];

    protected override void OnParametersSet()
    {
        _line = string.IsNullOrEmpty(LineQuery) ? null : LineQuery;
        _period = PeriodQuery == "day" ? Period.Day : Period.Hour;
    }

    private PChart? ChartOf(LineFigures? line) => line?.Periods.GetValueOrDefault(_period)?.Chart;

    private static string Describe(Period period) => period == Period.Day ? "last 24 hours" : "last 60 minutes";

    private static string LinkTo(string? line, Period period)
    {
        List<string> query = [];
        if (line is not null)
        {
            query.Add("line=" + Uri.EscapeDataString(line));
        }

        if (period == Period.Day)
        {
            query.Add("period=day");
        }

        return query.Count == 0 ? "" : "?" + string.Join('&', query);
    }

    private bool Shows(string path) => _line is null || path.StartsWith(_line + "/", StringComparison.Ordinal);
}
