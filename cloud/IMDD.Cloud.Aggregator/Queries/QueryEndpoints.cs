using System.ComponentModel;
using IMDD.Cloud.Aggregator.Live;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IMDD.Cloud.Aggregator.Queries;

/// <summary>The query API. Parameters come in as text, so that every fault is answered with the parameter's name.</summary>
internal static class QueryEndpoints
{
    private const string LineText = "enterprise/site/area/line";
    private const string TimeText = "RFC 3339 with an offset";
    private const string SizeText = "minute or hour";
    private const int DefaultFrames = 20;
    private const int MostFrames = 200;

    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(QueryRoutes.Lines, LinesAsync).WithSummary("All lines with their last hour");
        routes.MapGet(QueryRoutes.Totals, TotalsAsync).WithSummary("Everything ever counted");
        routes.MapGet(QueryRoutes.Summary, SummaryAsync).WithSummary("Counts, yield and defects per million of a span");
        routes.MapGet(QueryRoutes.Windows, WindowsAsync).WithSummary("Windows of a line");
        routes.MapGet(QueryRoutes.Pareto, ParetoAsync).WithSummary("Regions by class and severity");
        routes.MapGet(QueryRoutes.PChart, PChartAsync).WithSummary("Control chart of the proportion failed");
        routes.MapGet(QueryRoutes.Alarms, AlarmsAsync).WithSummary("Alarms, latest change first");
        routes.MapGet(QueryRoutes.Balances, BalancesAsync).WithSummary("Conservation of frames per camera");
        routes.MapGet(QueryRoutes.Agents, AgentsAsync).WithSummary("Last state of each agent");
        routes.MapGet(QueryRoutes.Cameras, CamerasAsync).WithSummary("Last state of each camera");
        routes.MapGet(QueryRoutes.FailedFrames, FailedFramesAsync).WithSummary("Latest failed frames");
        routes.MapGet(QueryRoutes.FailedFrame, FailedFrameAsync).WithSummary("One failed frame");
        routes.MapGet(QueryRoutes.Live, Live).WithSummary("Changes as server-sent events");
    }

    private static async Task<Ok<IReadOnlyList<LineOverview>>> LinesAsync(QueryService queries, TimeProvider time, CancellationToken cancellationToken)
        => TypedResults.Ok(await queries.LinesAsync(new QueryParameters(time.GetUtcNow()).SumSpan(null, null), cancellationToken));

    private static async Task<Ok<AggregateTotals>> TotalsAsync(QueryService queries, CancellationToken cancellationToken)
        => TypedResults.Ok(await queries.TotalsAsync(cancellationToken));

    private static Task<Results<Ok<LineSummary>, ValidationProblem, ProblemHttpResult>> SummaryAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description(TimeText)] string? from, [Description(TimeText)] string? to,
        CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        var span = parameters.SumSpan(from, to);
        return AnswerAsync(queries, parameters, path, () => queries.SummaryAsync(path, span, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<WindowRange>, ValidationProblem, ProblemHttpResult>> WindowsAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description(SizeText)] string? size,
        [Description(TimeText)] string? from, [Description(TimeText)] string? to, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line, required: true);
        var span = parameters.Span(from, to, parameters.Size(size));
        return AnswerAsync(queries, parameters, path, () => queries.WindowsAsync(path!, span, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<ParetoChart>, ValidationProblem, ProblemHttpResult>> ParetoAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description(TimeText)] string? from, [Description(TimeText)] string? to,
        CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        var span = parameters.SumSpan(from, to);
        return AnswerAsync(queries, parameters, path, () => queries.ParetoAsync(path, span, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<PChart>, ValidationProblem, ProblemHttpResult>> PChartAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description(SizeText)] string? size,
        [Description(TimeText)] string? from, [Description(TimeText)] string? to, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line, required: true);
        var span = parameters.Span(from, to, parameters.Size(size));
        return AnswerAsync(queries, parameters, path, () => queries.PChartAsync(path!, span, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<IReadOnlyList<LineAlarm>>, ValidationProblem, ProblemHttpResult>> AlarmsAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description("raised or cleared")] string? state, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        var word = parameters.OneOf("state", state, AlarmEvent.Raised, AlarmEvent.Cleared);
        return AnswerAsync(queries, parameters, path, () => queries.AlarmsAsync(path, word, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<IReadOnlyList<CameraConservation>>, ValidationProblem, ProblemHttpResult>> BalancesAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        return AnswerAsync(queries, parameters, path, () => queries.BalancesAsync(path, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<IReadOnlyList<AgentView>>, ValidationProblem, ProblemHttpResult>> AgentsAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        return AnswerAsync(queries, parameters, line: null, () => queries.AgentsAsync(path, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<IReadOnlyList<CameraView>>, ValidationProblem, ProblemHttpResult>> CamerasAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        return AnswerAsync(queries, parameters, line: null, () => queries.CamerasAsync(path, cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<IReadOnlyList<FailedFrame>>, ValidationProblem, ProblemHttpResult>> FailedFramesAsync(
        QueryService queries, TimeProvider time, [Description(LineText)] string? line, [Description("1 to 200")] string? limit, [Description(TimeText)] string? before,
        [Description("sha256: and 64 hex digits, of a picture or a model")] string? digest, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        var count = parameters.Limit(limit, DefaultFrames, MostFrames);
        var until = parameters.Time("before", before);
        var content = parameters.Digest("digest", digest);
        return AnswerAsync(queries, parameters, path, () => queries.FailedFramesAsync(path, count, until, content, cancellationToken), cancellationToken);
    }

    private static async Task<Results<Ok<FailedFrame>, ProblemHttpResult>> FailedFrameAsync(QueryService queries, string outcomeId, CancellationToken cancellationToken)
        => await queries.FailedFrameAsync(outcomeId, cancellationToken) is { } frame
            ? TypedResults.Ok(frame)
            : TypedResults.Problem($"There is no failed frame of outcome '{outcomeId}', or it is no longer kept.", statusCode: StatusCodes.Status404NotFound);

    private static Results<ServerSentEventsResult<string>, ValidationProblem> Live(
        LiveFeed feed, TimeProvider time, IHostApplicationLifetime lifetime, [Description(LineText)] string? line, CancellationToken cancellationToken)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        return parameters.IsValid
            ? TypedResults.ServerSentEvents(feed.StreamAsync(path, lifetime.ApplicationStopping, cancellationToken))
            : TypedResults.ValidationProblem(parameters.Errors);
    }

    private static async Task<Results<Ok<T>, ValidationProblem, ProblemHttpResult>> AnswerAsync<T>(
        QueryService queries, QueryParameters parameters, string? line, Func<Task<T>> answer, CancellationToken cancellationToken)
    {
        if (!parameters.IsValid)
        {
            return TypedResults.ValidationProblem(parameters.Errors);
        }

        return line is null || await queries.KnowsLineAsync(line, cancellationToken)
            ? TypedResults.Ok(await answer())
            : TypedResults.Problem($"Nothing was ever heard of line '{line}'.", statusCode: StatusCodes.Status404NotFound);
    }
}
