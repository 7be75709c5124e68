using System.Collections.Immutable;
using System.Net.ServerSentEvents;
using System.Text.Json;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>Asks the aggregator's query API. Its base address is <see cref="DashboardOptions.AggregatorUrl"/>.</summary>
public sealed class AggregatorClient(HttpClient http, TimeProvider time)
{
    private const int LinesAtOnce = 4;

    /// <summary>Everything the page counts. Throws <see cref="HttpRequestException"/> or <see cref="JsonException"/>.</summary>
    public async Task<PlantFigures> ReadFiguresAsync(CancellationToken cancellationToken)
    {
        var readAt = time.GetUtcNow();
        var overviews = await GetAsync<LineOverview[]>(QueryRoutes.Lines, cancellationToken);
        var lines = new LineFigures[overviews.Length];
        await Parallel.ForAsync(
            0,
            overviews.Length,
            new ParallelOptions { MaxDegreeOfParallelism = LinesAtOnce, CancellationToken = cancellationToken },
            async (i, token) => lines[i] = new LineFigures(overviews[i], await ReadPeriodsAsync(overviews[i].Line, token)));
        var plant = await ReadPeriodsAsync(null, cancellationToken);
        var balances = await GetAsync<ImmutableArray<CameraConservation>>(QueryRoutes.Balances, cancellationToken);
        var agents = await GetAsync<ImmutableArray<AgentView>>(QueryRoutes.Agents, cancellationToken);
        var cameras = await GetAsync<ImmutableArray<CameraView>>(QueryRoutes.Cameras, cancellationToken);
        var alarms = await GetAsync<LineAlarm[]>(QueryRoutes.Alarms + "?state=" + AlarmEvent.Raised, cancellationToken);
        return new PlantFigures
        {
            ReadAt = readAt,
            Lines = [.. lines.OrderBy(line => line.Line, StringComparer.Ordinal)],
            Plant = plant,
            Balances = balances,
            Agents = agents,
            Cameras = cameras,
            Alarms = [.. alarms.OrderByDescending(alarm => alarm.Severity).ThenByDescending(alarm => alarm.Since)],

            // Last: counts only grow, so that the whole is never shown smaller than a part of it.
            Totals = await GetAsync<AggregateTotals>(QueryRoutes.Totals, cancellationToken),
        };
    }

    /// <summary>The newest failed frames, newest first.</summary>
    public Task<FailedFrame[]> ReadFailedFramesAsync(int limit, CancellationToken cancellationToken)
        => GetAsync<FailedFrame[]>($"{QueryRoutes.FailedFrames}?limit={limit}", cancellationToken);

    /// <summary>How far each camera's frames are from their reference, over the last day.</summary>
    public Task<DriftReport[]> ReadDriftAsync(CancellationToken cancellationToken) => GetAsync<DriftReport[]>(QueryRoutes.Drift, cancellationToken);

    /// <summary>One failed frame, or null.</summary>
    public async Task<FailedFrame?> FindFailedFrameAsync(string outcomeId, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"{QueryRoutes.FailedFrames}/{Uri.EscapeDataString(outcomeId)}", cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound
            ? null
            : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<FailedFrame>(ImddJson.Options, cancellationToken);
    }

    /// <summary>A heartbeat when the stream is open, then what changes, as it changes; ends when the aggregator closes the stream.</summary>
    public async IAsyncEnumerable<SseItem<string>> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, QueryRoutes.Live);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken);
        yield return new SseItem<string>("{}", LiveEvents.Heartbeat);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    private async Task<ImmutableDictionary<Period, PeriodFigures>> ReadPeriodsAsync(string? line, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var periods = ImmutableDictionary.CreateBuilder<Period, PeriodFigures>();
        foreach (var (period, length, size) in Periods)
        {
            var from = Uri.EscapeDataString((now - length).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
            var query = $"?from={from}" + (line is null ? "" : "&line=" + Uri.EscapeDataString(line));
            periods[period] = new PeriodFigures(
                await GetAsync<LineSummary>(QueryRoutes.Summary + query, cancellationToken),
                await GetAsync<ParetoChart>(QueryRoutes.Pareto + query, cancellationToken),
                line is null ? null : await GetAsync<PChart>($"{QueryRoutes.PChart}{query}&size={size}", cancellationToken));
        }

        return periods.ToImmutable();
    }

    private static readonly (Period Period, TimeSpan Length, string Size)[] Periods =
    [
        (Period.Hour, TimeSpan.FromHours(1), "minute"),
        (Period.Day, TimeSpan.FromHours(24), "hour"),
    ];

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
        => await http.GetFromJsonAsync<T>(path, ImddJson.Options, cancellationToken)
            ?? throw new JsonException($"{path} answered null: expected {typeof(T).Name}.");
}
