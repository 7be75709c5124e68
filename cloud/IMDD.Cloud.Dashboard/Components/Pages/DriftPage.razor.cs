using System.Globalization;
using System.Text.Json;
using IMDD.Cloud.Dashboard.Feeds;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Pages;

/// <summary>How far each camera's frames are from what they were.</summary>
public sealed partial class DriftPage : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closed = new();
    private DriftReport[] _reports = [];
    private string? _problem;

    /// <summary>The camera that is charted; the first that has drifted, or the first, where it is not named.</summary>
    [SupplyParameterFromQuery]
    public string? Camera { get; set; }

    [Inject]
    private AggregatorClient Aggregator { get; set; } = default!;

    [Inject]
    private PlantClock Clock { get; set; } = default!;

    private DriftReport? Shown
        => _reports.FirstOrDefault(report => report.Camera == Camera) ?? _reports.FirstOrDefault(report => report.Drifted.Count > 0)
            ?? (_reports.Length > 0 ? _reports[0] : null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ReadAsync(_closed.Token);

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        // Not before the first render in the browser: a prerendered page would go on reading and never be disposed.
        if (firstRender && !_closed.IsCancellationRequested)
        {
            _ = FollowAsync(_closed.Token);
        }
    }

    private async Task FollowAsync(CancellationToken closed)
    {
        using PeriodicTimer timer = new(Refresh);
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
            {
                await ReadAsync(closed);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task ReadAsync(CancellationToken closed)
    {
        try
        {
            _reports = await Aggregator.ReadDriftAsync(closed);
            _problem = null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            _problem = $"The aggregator does not answer: {e.Message}";
        }
        catch (TaskCanceledException) when (!closed.IsCancellationRequested)
        {
            _problem = "The aggregator does not answer in time.";
        }
    }

    private static IEnumerable<string> StatisticsOf(DriftReport report)
        => report.Windows.SelectMany(window => window.Scores).Select(score => score.Statistic).Distinct(StringComparer.Ordinal)
            .OrderByDescending(statistic => report.Drifted.Contains(statistic)).ThenBy(statistic => statistic, StringComparer.Ordinal);

    private static string Heading(string statistic)
    {
        var name = Format.ClassName(statistic);
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private static string Highest(DriftReport report)
        => report.Windows.Count > 0 && report.Windows[^1].Scores.Where(score => score.Statistic != StatisticName.Embedding).MaxBy(score => score.Effect) is { } highest
            ? string.Create(CultureInfo.InvariantCulture, $"{highest.Effect:0.00} ({Format.ClassName(highest.Statistic)})")
            : Format.None;

    private static string Reference(DriftReport report)
    {
        var own = report.ReferenceFrames < report.ReferenceNeeded
            ? $"{Format.Count(report.ReferenceFrames)} of {Format.Count(report.ReferenceNeeded)} frames so far"
            : $"its first {Format.Count(report.ReferenceFrames)} frames";
        return report.FromBundle.Count == 0 ? own : $"the model bundle, and {own}";
    }
}
