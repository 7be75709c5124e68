using System.ComponentModel;
using IMDD.Cloud.Aggregator.Queries;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Drift in the query API.</summary>
internal static class DriftEndpoints
{
    private const int DefaultEntries = 100;
    private const int MostEntries = 1000;

    public static void MapDrift(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(QueryRoutes.Drift, Reports).WithSummary("How far each camera's frames are from their reference");
        routes.MapPost(QueryRoutes.DriftBaseline, Rebaseline).WithSummary("Makes a camera's next frames its reference");
        routes.MapGet(QueryRoutes.Audit, Audit).WithSummary("Who asked for a new reference, the oldest first");
    }

    private static Results<Ok<IReadOnlyList<DriftReport>>, ValidationProblem> Reports(
        DriftBook book, TimeProvider time, [Description("enterprise/site/area/line")] string? line, [Description("RFC 3339 with an offset")] string? from,
        [Description("RFC 3339 with an offset")] string? to)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var path = parameters.Line(line);
        var span = parameters.Span(from, to, WindowSize.Hour);
        return parameters.IsValid ? TypedResults.Ok(book.Reports(path, span)) : TypedResults.ValidationProblem(parameters.Errors);
    }

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> Rebaseline(DriftBook book, RebaselineDrift request)
    {
        if (!CameraPath.TryParse(request.Camera, out _, out var error))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["camera"] = [error] });
        }

        return book.Rebaseline(request)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"Nothing is known of the statistics of camera '{request.Camera}'.", statusCode: StatusCodes.Status404NotFound);
    }

    private static Results<Ok<AuditPage>, ValidationProblem> Audit(DriftBook book, TimeProvider time, [Description("sequence")] string? after, [Description("1 to 1000")] string? limit)
    {
        QueryParameters parameters = new(time.GetUtcNow());
        var sequence = parameters.Sequence("after", after);
        var count = parameters.Limit(limit, DefaultEntries, MostEntries);
        return parameters.IsValid ? TypedResults.Ok(book.Audit(sequence, count)) : TypedResults.ValidationProblem(parameters.Errors);
    }
}
