using System.Text.Json;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IMDD.Cloud.Trainer.Api;

/// <summary>The training API.</summary>
internal static class TrainingEndpoints
{
    private const int DefaultRuns = 50;
    private const int MostRuns = 200;
    private const int MaxBodyBytes = 64 << 10;
    private const int MaxWho = 128;

    public static void MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(TrainingRoutes.Summary, Summary).WithSummary("What there is to learn from");
        routes.MapGet(TrainingRoutes.Runs, List).WithSummary("Runs, the newest first");
        routes.MapPost(TrainingRoutes.Runs, StartAsync).WithSummary("Asks for a run").Accepts<StartTraining>("application/json").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        routes.MapGet(TrainingRoutes.Run, One).WithSummary("One run");
        routes.MapPost(TrainingRoutes.Cancel, Cancel).WithSummary("Cancels a run");
    }

    private static Ok<TrainingSummary> Summary(RunTriggers triggers) => TypedResults.Ok(triggers.Summary());

    private static Results<Ok<List<TrainingRunView>>, ProblemHttpResult> List(RunBook book, int? limit) => limit is null or (>= 1 and <= MostRuns)
        ? TypedResults.Ok(book.List(limit ?? DefaultRuns).ConvertAll(RunMapping.View))
        : Refused(StatusCodes.Status400BadRequest, $"limit is {limit}: expected 1 to {MostRuns}.");

    private static Results<Ok<TrainingRunView>, ProblemHttpResult> One(string runId, RunBook book)
        => book.Find(runId) is { } row ? TypedResults.Ok(RunMapping.View(row)) : Refused(StatusCodes.Status404NotFound, "There is no such run.");

    private static Results<Ok<TrainingRunView>, ProblemHttpResult> Cancel(string runId, RunBook book)
        => book.Find(runId) is not { } row ? Refused(StatusCodes.Status404NotFound, "There is no such run.")
            : !book.Cancel(runId) ? Refused(StatusCodes.Status409Conflict, $"The run has ended: it is {book.Find(row.Id)?.State}.")
            : TypedResults.Ok(RunMapping.View(book.Find(runId)!));

    private static async Task<Results<Accepted<TrainingRunView>, ProblemHttpResult>> StartAsync(
        HttpRequest http, RunBook book, RunTriggers triggers, TimeProvider time, CancellationToken cancellationToken)
    {
        StartTraining? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync<StartTraining>(http.Body, ImddJson.Options, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return Refused(StatusCodes.Status400BadRequest, $"The body is no request: {e.Message}");
        }

        if (request is not { Reason: TrainingReason.Manual or TrainingReason.Drift })
        {
            return Refused(StatusCodes.Status400BadRequest, $"reason is none: expected {TrainingReason.Manual} or {TrainingReason.Drift}.");
        }

        if (request.By is { } by && (by.Length is 0 or > MaxWho || by.Any(char.IsControl)))
        {
            return Refused(StatusCodes.Status400BadRequest, $"by is no name: expected 1 to {MaxWho} characters.");
        }

        if (request.Reason != TrainingReason.Manual && triggers.PauseEnds() is { } end && end > time.GetUtcNow())
        {
            return Refused(StatusCodes.Status409Conflict, $"The pause after the last run lasts until {end:O}.");
        }

        return book.Request([request.Reason], request.By) is { } row
            ? TypedResults.Accepted(TrainingRoutes.Run.Replace("{runId}", row.Id, StringComparison.Ordinal), RunMapping.View(row))
            : Refused(StatusCodes.Status409Conflict, $"Run {book.Open()?.Id} has not ended: one at a time.");
    }

    private static ProblemHttpResult Refused(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
