using System.ComponentModel;
using System.Globalization;
using IMDD.Cloud.Curator.Agreement;
using IMDD.Cloud.Curator.Labels;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Review;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Curator.Api;

/// <summary>The review API.</summary>
internal static class ReviewEndpoints
{
    private const int DefaultFrames = 20;
    private const int MostFrames = 200;
    private const int MostEntries = 1000;

    public static void MapReview(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(ReviewRoutes.Next, NextAsync).Takes<ReviewRequest>("The next frame, leased to the asker");
        routes.MapPost(ReviewRoutes.Undo, UndoAsync).Takes<ReviewRequest>("Takes back the rater's last word");
        routes.MapPost(ReviewRoutes.Lease, LeaseAsync).Takes<ReviewRequest>("Leases one frame");
        routes.MapPost(ReviewRoutes.Skip, SkipAsync).Takes<ReviewRequest>("Gives a frame back unjudged");
        routes.MapPost(ReviewRoutes.Labels, LabelAsync).Takes<LabelRequest>("A verdict on a frame");
        routes.MapGet(ReviewRoutes.Labels, LabelsAsync).WithSummary("What was said of a frame's picture, the newest first");
        routes.MapGet(ReviewRoutes.Frames, FramesAsync).WithSummary("Frames that wait, the most informative first");
        routes.MapGet(ReviewRoutes.Frame, Frame).WithSummary("One frame");
        routes.MapGet(ReviewRoutes.Alike, AlikeAsync).WithSummary("Frames that look the same as one and are not asked about, the newest first");
        routes.MapGet(ReviewRoutes.Vocabulary, VocabularyAsync).WithSummary("Names of defects");
        routes.MapGet(ReviewRoutes.Agreement, AgreementAsync).WithSummary("Cohen's kappa of each pair of raters");
        routes.MapGet(ReviewRoutes.BlindAgreement, BlindAgreementAsync).WithSummary("Words given without sight of the prediction, beside those given with it");
        routes.MapGet(ReviewRoutes.Audit, Audit).WithSummary("Who said what, the oldest first");
        routes.MapGet(ReviewRoutes.Summary, SummaryAsync).WithSummary("Where the queue stands");
    }

    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, string summary)
        where T : notnull
        => route.WithSummary(summary).Accepts<T>("application/json").WithMetadata(new RequestSizeLimitAttribute(RequestBody.MaxBytes));

    private static async Task<Results<Ok<ReviewFrame>, NoContent, ValidationProblem>> NextAsync(
        HttpRequest http, ReviewQueue queue, CancellationToken cancellationToken)
    {
        LabelProblems problems = new();
        return await RequestBody.ReadAsync<ReviewRequest>(http, problems, cancellationToken) is { } request
            ? queue.Next(request) is { } frame ? TypedResults.Ok(frame) : TypedResults.NoContent()
            : TypedResults.ValidationProblem(problems.Errors);
    }

    private static async Task<Results<Ok<ReviewFrame>, NoContent, ValidationProblem>> UndoAsync(
        HttpRequest http, LabelDesk desk, ReviewQueue queue, CancellationToken cancellationToken)
    {
        LabelProblems problems = new();
        if (await RequestBody.ReadAsync<ReviewRequest>(http, problems, cancellationToken) is not { } request)
        {
            return TypedResults.ValidationProblem(problems.Errors);
        }

        return desk.Undo(request.RaterId) is { } outcomeId && (queue.Lease(outcomeId, request).Frame ?? queue.Find(outcomeId)) is { } frame
            ? TypedResults.Ok(frame)
            : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ReviewFrame>, ValidationProblem, ProblemHttpResult>> LeaseAsync(
        HttpRequest http, string outcomeId, ReviewQueue queue, CancellationToken cancellationToken)
    {
        LabelProblems problems = new();
        if (await RequestBody.ReadAsync<ReviewRequest>(http, problems, cancellationToken) is not { } request)
        {
            return TypedResults.ValidationProblem(problems.Errors);
        }

        return queue.Lease(outcomeId, request) switch
        {
            ({ } frame, _) => TypedResults.Ok(frame),
            (_, { } until) => Held(until),
            _ => Unknown(),
        };
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> SkipAsync(
        HttpRequest http, string outcomeId, ReviewQueue queue, CancellationToken cancellationToken)
    {
        LabelProblems problems = new();
        if (await RequestBody.ReadAsync<ReviewRequest>(http, problems, cancellationToken) is not { } request)
        {
            return TypedResults.ValidationProblem(problems.Errors);
        }

        return queue.Skip(outcomeId, request) ? TypedResults.NoContent() : TypedResults.Problem("The asker does not have this frame.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<LabelReceipt>, ValidationProblem, ProblemHttpResult>> LabelAsync(
        HttpRequest http, string outcomeId, LabelDesk desk, CancellationToken cancellationToken)
    {
        LabelProblems problems = new();
        if (await RequestBody.ReadAsync<LabelRequest>(http, problems, cancellationToken) is not { } request)
        {
            return TypedResults.ValidationProblem(problems.Errors);
        }

        try
        {
            return await desk.LabelAsync(outcomeId, request, cancellationToken) switch
            {
                LabelOutcome.Taken taken => TypedResults.Ok(taken.Receipt),
                LabelOutcome.Invalid invalid => TypedResults.ValidationProblem(invalid.Errors),
                LabelOutcome.Held held => Held(held.Until),
                _ => Unknown(),
            };
        }
        catch (BlobStoreException e)
        {
            return TypedResults.Problem($"The mask cannot be stored: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<Results<Ok<IReadOnlyList<ReviewFrame>>, ValidationProblem>> FramesAsync(
        ReviewQueue queue, [Description("1 to 200")] string? limit, CancellationToken cancellationToken)
    {
        var count = DefaultFrames;
        if (!string.IsNullOrEmpty(limit)
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostFrames))
        {
            LabelProblems problems = new();
            problems.Add("limit", $"must be a number from 1 to {MostFrames}.");
            return TypedResults.ValidationProblem(problems.Errors);
        }

        return TypedResults.Ok(await queue.WaitingAsync(count, cancellationToken));
    }

    private static Results<Ok<ReviewFrame>, ProblemHttpResult> Frame(
        string outcomeId, ReviewQueue queue, [Description("Who has it before them")] string? raterId, [Description("Their browser tab")] string? holder)
        => queue.Find(outcomeId, raterId is not null && holder is not null ? new ReviewRequest { RaterId = raterId, Holder = holder } : null) is { } frame ? TypedResults.Ok(frame) : Unknown();

    private static async Task<Results<Ok<IReadOnlyList<ReviewFrame>>, ProblemHttpResult>> AlikeAsync(string outcomeId, ReviewQueue queue, CancellationToken cancellationToken)
        => await queue.AlikeAsync(outcomeId, MostFrames, cancellationToken) is { } frames ? TypedResults.Ok(frames) : Unknown();

    private static async Task<Results<Ok<IReadOnlyList<FrameLabel>>, ProblemHttpResult>> LabelsAsync(string outcomeId, ReviewQueue queue, CancellationToken cancellationToken)
        => await queue.LabelsAsync(outcomeId, MostFrames, cancellationToken) is { } labels ? TypedResults.Ok(labels) : Unknown();

    private static async Task<Ok<IReadOnlyList<VocabularyTerm>>> VocabularyAsync(ReviewQueue queue, CancellationToken cancellationToken)
        => TypedResults.Ok(await queue.VocabularyAsync(cancellationToken));

    private static async Task<Ok<IReadOnlyList<RaterAgreement>>> AgreementAsync(AgreementReport report, CancellationToken cancellationToken)
        => TypedResults.Ok(await report.ReadAsync(cancellationToken));

    private static async Task<Ok<BlindAgreement>> BlindAgreementAsync(AgreementReport report, CancellationToken cancellationToken)
        => TypedResults.Ok(await report.ReadBlindAsync(cancellationToken));

    private static Results<Ok<AuditPage>, ValidationProblem> Audit(IDbContextFactory<CuratorDbContext> contexts, long? after, int? limit)
    {
        if (limit is < 1 or > MostEntries || after < 0)
        {
            LabelProblems problems = new();
            problems.Add("limit", $"is {limit}, and after {after}: expected 1 to {MostEntries}, and a sequence.");
            return TypedResults.ValidationProblem(problems.Errors);
        }

        using var context = contexts.CreateDbContext();
        return TypedResults.Ok(AuditLog.Read(context, after ?? 0, limit ?? MostFrames));
    }

    private static async Task<Ok<ReviewSummary>> SummaryAsync(ReviewQueue queue, CancellationToken cancellationToken)
        => TypedResults.Ok(await queue.SummaryAsync(cancellationToken));

    private static ProblemHttpResult Held(DateTimeOffset until)
        => TypedResults.Problem($"Somebody else has this frame until {CloudEventText.Time(until)}.", statusCode: StatusCodes.Status409Conflict);

    private static ProblemHttpResult Unknown()
        => TypedResults.Problem("This frame is not in the review queue, or no longer.", statusCode: StatusCodes.Status404NotFound);
}
