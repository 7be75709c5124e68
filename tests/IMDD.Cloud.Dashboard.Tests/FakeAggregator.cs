using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Review;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>Answers the query API over HTTP with what a test puts into it.</summary>
internal sealed class FakeAggregator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Channel<SseItem<string>>> _watchers = [];
    private volatile int _failuresLeft;
    private volatile bool _failsAfterLabel;
    private volatile bool _isAway;

    private FakeAggregator(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());
    public long Outcomes { get; set; } = 1000;
    public List<FailedFrame> FailedFrames { get; } = [];
    public List<ReviewFrame> ReviewFrames { get; } = [];
    public List<LineAlarm> Alarms { get; } = [];
    public List<DriftReport> Drift { get; } = [];
    public List<CameraConservation> Balances { get; } =
        [SampleData.Balance(SampleData.Cell + "/cam1", 603, 600), SampleData.Balance(SampleData.Cell + "/cam2", 400, 400)];
    public int Reads { get; private set; }

    public static async Task<FakeAggregator> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ImddJson.Options.TypeInfoResolver!));
        FakeAggregator fake = new(builder.Build());
        fake.Map();
        await fake._app.StartAsync();
        return fake;
    }

    public void FailNext(int requests) => (_isAway, _failuresLeft) = (false, requests);

    /// <summary>The next label is taken, and nothing is answered after it until <see cref="FailNext"/> says otherwise.</summary>
    public void FailAfterNextLabel() => _failsAfterLabel = true;

    public void Push(string type, object data)
    {
        SseItem<string> item = new(JsonSerializer.Serialize(data, ImddJson.Options), type);
        lock (_watchers)
        {
            _watchers.ForEach(watcher => watcher.Writer.TryWrite(item));
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_watchers)
        {
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
        }

        await _app.DisposeAsync();
    }

    private static IResult Json<T>(T value) => Results.Json(value, ImddJson.Options);

    private void Map()
    {
        _app.Use(async (context, next) =>
        {
            if (_isAway || _failuresLeft > 0)
            {
                _failuresLeft -= _isAway ? 0 : 1;
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            await next();
        });
        _app.MapGet(QueryRoutes.Totals, () =>
        {
            Reads++;
            return Json(new AggregateTotals
            {
                Outcomes = Outcomes,
                Passed = Outcomes - 120,
                Failed = 110,
                Undecided = 10,
                Simulated = 0,
                Duplicates = 3,
                DeadLettered = 0,
                UndecidedByReason = new Dictionary<string, long>(StringComparer.Ordinal) { ["overload"] = 10 },
            });
        });
        _app.MapGet(QueryRoutes.Lines, () => Json(new[] { SampleData.Line, SampleData.OtherLine }.Select(line => new LineOverview
        {
            Line = line,
            LastOutcomeTime = SampleData.Now,
            Cameras = 2,
            RaisedAlarms = Alarms.Count(alarm => alarm.Line == line),
            LastHour = SampleData.Summary(line, 870, 120, 10),
        })));
        _app.MapGet(QueryRoutes.Summary, (string? line) => Json(SampleData.Summary(line, 870, 120, 10)));
        _app.MapGet(QueryRoutes.Pareto, (string? line) => Json(SampleData.Pareto(line)));
        _app.MapGet(QueryRoutes.PChart, (string line) => Json(SampleData.Chart(line, 48)));
        _app.MapGet(QueryRoutes.Alarms, () => Json(Alarms));
        _app.MapGet(QueryRoutes.Drift, () => Json(Drift));
        _app.MapGet(QueryRoutes.Balances, () => Json(Balances));
        _app.MapGet(QueryRoutes.Agents, () => Json(new[]
        {
            new AgentView(
                SampleData.Cell,
                new AgentState { Agent = "box7", State = "online", BootId = "x", BdSeq = 1, ExecutionProvider = "cpu", StoreBacklog = 0 },
                SampleData.Now),
        }));
        _app.MapGet(QueryRoutes.Cameras, () => Json(new[]
        {
            new CameraView(SampleData.Cell + "/cam1", new CameraState { CameraId = "cam1", State = "online", LastFrameTime = SampleData.Now }, SampleData.Now),
            new CameraView(SampleData.Cell + "/cam2", new CameraState { CameraId = "cam2", State = "silent" }, SampleData.Now),
        }));
        _app.MapGet(QueryRoutes.FailedFrames, (int limit) => Json(FailedFrames.Take(limit)));
        _app.MapGet(QueryRoutes.FailedFrame, (string outcomeId) =>
            FailedFrames.FirstOrDefault(frame => frame.Defect.OutcomeId == outcomeId) is { } frame ? Json(frame) : Results.NotFound());
        _app.MapGet(ReviewRoutes.Frame, (string outcomeId) =>
            ReviewFrames.Find(frame => frame.OutcomeId == outcomeId) is { } frame ? Json(frame) : Results.NotFound());
        _app.MapPost(ReviewRoutes.Next, () => ReviewFrames.Count > 0 ? Json(ReviewFrames[0]) : Results.NoContent());
        _app.MapPost(ReviewRoutes.Labels, (string outcomeId) =>
        {
            var frame = ReviewFrames.Single(frame => frame.OutcomeId == outcomeId);
            ReviewFrames.Remove(frame);
            if (_failsAfterLabel)
            {
                (_failsAfterLabel, _isAway) = (false, true);
            }

            return Json(new LabelReceipt("label", frame.Frame.Digest, 1, ConsensusState.Agreed, []));
        });
        _app.MapGet(QueryRoutes.Live, (CancellationToken token) => TypedResults.ServerSentEvents(WatchAsync(token)));
    }

    private async IAsyncEnumerable<SseItem<string>> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        var channel = Channel.CreateUnbounded<SseItem<string>>();
        lock (_watchers)
        {
            _watchers.Add(channel);
        }

        yield return new SseItem<string>("{}", LiveEvents.Heartbeat);
        await foreach (var item in channel.Reader.ReadAllAsync(token))
        {
            yield return item;
        }
    }
}
