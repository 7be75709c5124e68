using System.Text.Json;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using Microsoft.AspNetCore.Http.Features;
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
    private const int MaxReason = 500;
    private const int DefaultEntries = 100;
    private const int MostEntries = 1000;

    public static void MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(TrainingRoutes.Summary, Summary).WithSummary("What there is to learn from");
        routes.MapGet(TrainingRoutes.Runs, List).WithSummary("Runs, the newest first");
        routes.MapPost(TrainingRoutes.Runs, StartAsync).WithSummary("Asks for a run").Accepts<StartTraining>("application/json").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        routes.MapGet(TrainingRoutes.Run, One).WithSummary("One run");
        routes.MapPost(TrainingRoutes.Cancel, CancelAsync).WithSummary("Cancels a run").Accepts<CancelTraining>(isOptional: true, "application/json").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        routes.MapGet(TrainingRoutes.Audit, Audit).WithSummary("Who started, cancelled and resumed runs, the oldest first");
    }

    private static Ok<TrainingSummary> Summary(RunTriggers triggers) => TypedResults.Ok(triggers.Summary());

    private static Results<Ok<List<TrainingRunView>>, ProblemHttpResult> List(RunBook book, int? limit) => limit is null or (>= 1 and <= MostRuns)
        ? TypedResults.Ok(book.List(limit ?? DefaultRuns).ConvertAll(RunMapping.View))
        : Refused(StatusCodes.Status400BadRequest, $"limit is {limit}: expected 1 to {MostRuns}.");

    private static Results<Ok<TrainingRunView>, ProblemHttpResult> One(string runId, RunBook book)
        => book.Find(runId) is { } row ? TypedResults.Ok(RunMapping.View(row)) : Refused(StatusCodes.Status404NotFound, "There is no such run.");

    private static Results<Ok<AuditPage>, ProblemHttpResult> Audit(RunBook book, long? after, int? limit) => limit is < 1 or > MostEntries || after < 0
        ? Refused(StatusCodes.Status400BadRequest, $"after is {after}, limit is {limit}: expected a sequence, and 1 to {MostEntries}.")
        : TypedResults.Ok(book.Audit(after ?? 0, limit ?? DefaultEntries));

    private static async Task<Results<Ok<TrainingRunView>, ProblemHttpResult>> CancelAsync(string runId, HttpRequest http, RunBook book, CancellationToken cancellationToken)
    {
        // Who asks is worth a body, and a cancel without one is a cancel all the same.
        var hasBody = http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        var (request, problem) = hasBody ? await ReadAsync<CancelTraining>(http, cancellationToken) : (new CancelTraining(), null);
        if (request is null || (problem = Faults(request.By, request.Reason)) is not null)
        {
            return Refused(StatusCodes.Status400BadRequest, problem!);
        }

        if (book.Cancel(runId, request))
        {
            return TypedResults.Ok(RunMapping.View(book.Find(runId)!));
        }

        var (status, why) = book.Find(runId) is { } row ? (StatusCodes.Status409Conflict, $"The run has ended: it is {row.State}.") : (StatusCodes.Status404NotFound, "There is no such run.");
        book.Refused(request.By, AuditAction.CancelTraining, runId, why);
        return Refused(status, why);
    }

    private static async Task<Results<Accepted<TrainingRunView>, ProblemHttpResult>> StartAsync(
        HttpRequest http, RunBook book, RunTriggers triggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var (request, problem) = await ReadAsync<StartTraining>(http, cancellationToken);
        if (request is null)
        {
            return Refused(StatusCodes.Status400BadRequest, problem!);
        }

        if (request.Reason is not (TrainingReason.Manual or TrainingReason.Drift))
        {
            return Refused(StatusCodes.Status400BadRequest, $"reason is none: expected {TrainingReason.Manual} or {TrainingReason.Drift}.");
        }

        if (Faults(request.By, reason: null) is { } fault)
        {
            return Refused(StatusCodes.Status400BadRequest, fault);
        }

        var why = request.Reason != TrainingReason.Manual && triggers.PauseEnds() is { } end && end > time.GetUtcNow() ? $"The pause after the last run lasts until {end:O}." : null;
        if (why is null && book.Request([request.Reason], request.By) is { } row)
        {
            return TypedResults.Accepted(TrainingRoutes.Run.Replace("{runId}", row.Id, StringComparison.Ordinal), RunMapping.View(row));
        }

        why ??= $"Run {book.Open()?.Id} has not ended: one at a time.";
        book.Refused(request.By, AuditAction.StartTraining, "", why);
        return Refused(StatusCodes.Status409Conflict, why);
    }

    /// <summary>The body, or what is wrong with it.</summary>
    private static async Task<(T? Request, string? Problem)> ReadAsync<T>(HttpRequest http, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Body, ImddJson.Options, cancellationToken) is { } request ? (request, null) : (null, "The body is no request: it is null.");
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return (null, $"The body is no request: {e.Message}");
        }
    }

    private static string? Faults(string? by, string? reason)
        => by is not null && (by.Length is 0 or > MaxWho || by.Any(char.IsControl)) ? $"by is no name: expected 1 to {MaxWho} characters."
            : reason is { Length: > MaxReason } ? $"reason has {reason.Length} characters: expected at most {MaxReason}." : null;

    private static ProblemHttpResult Refused(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
