using IMDD.Cloud.Registry.Rollouts;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Rollouts by waves.</summary>
internal static class RolloutEndpoints
{
    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(
            RegistryRoutes.ModelRollouts,
            (string name, StartRollout request, RolloutBook book, CancellationToken cancellationToken) => book.StartAsync(name, request, cancellationToken))
            .Described(AuditAction.StartRollout, "Gives a release out wave by wave; when the last is done it is the champion");
        routes.MapGet(RegistryRoutes.Rollouts, (RolloutBook book, CancellationToken cancellationToken) => book.ListAsync(cancellationToken))
            .WithSummary("Rollouts, the newest first");
        routes.MapGet(RegistryRoutes.Rollout, (string id, RolloutBook book, CancellationToken cancellationToken) => book.FindAsync(id, cancellationToken))
            .WithSummary("One rollout, its waves and agents").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost(
            RegistryRoutes.ApproveRollout,
            (string id, RolloutDecision request, RolloutBook book, CancellationToken cancellationToken) => book.ApproveAsync(id, request, cancellationToken))
            .Described(AuditAction.ApproveRollout, "Lets the next wave begin, where it waits for a person");
        routes.MapPost(
            RegistryRoutes.PauseRollout,
            (string id, RolloutDecision request, RolloutBook book, CancellationToken cancellationToken) => book.PauseAsync(id, request, cancellationToken))
            .Described(AuditAction.PauseRollout, "Lets no further wave begin");
        routes.MapPost(
            RegistryRoutes.ResumeRollout,
            (string id, RolloutDecision request, RolloutBook book, CancellationToken cancellationToken) => book.ResumeAsync(id, request, cancellationToken))
            .Described(AuditAction.ResumeRollout, "Lets a paused rollout go on");
        routes.MapPost(
            RegistryRoutes.CancelRollout,
            (string id, RolloutDecision request, RolloutBook book, CancellationToken cancellationToken) => book.CancelAsync(id, request, cancellationToken))
            .Described(AuditAction.CancelRollout, "Takes a rollout back as far as no agent decides by it yet");
    }
}
