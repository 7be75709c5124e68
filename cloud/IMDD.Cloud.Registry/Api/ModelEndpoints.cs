using IMDD.Cloud.Registry.Models;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Releases, aliases, agents.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RegistryRoutes.Models, (ModelQueries queries, CancellationToken cancellationToken) => queries.ModelsAsync(cancellationToken))
            .WithSummary("All models with their releases").Produces<IReadOnlyList<ModelView>>();
        routes.MapGet(RegistryRoutes.Model, (string name, ModelQueries queries, CancellationToken cancellationToken) => queries.ModelAsync(name, cancellationToken))
            .WithSummary("One model with its releases").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost(
            RegistryRoutes.Model,
            (string name, RegisterModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.RegisterAsync(name, request, cancellationToken))
            .Described(AuditAction.Register, "Registers and signs a release; the same content is registered once");
        routes.MapPost(
            RegistryRoutes.Promote,
            (string name, PromoteModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.PromoteAsync(name, request, cancellationToken))
            .Described(AuditAction.Promote, "Makes a release the champion for all, or the challenger for some");
        routes.MapPost(
            RegistryRoutes.Rollback,
            (string name, RollbackModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.RollbackAsync(name, request, cancellationToken))
            .Described(AuditAction.Rollback, "Runs the champion before the present one again");
        routes.MapPost(
            RegistryRoutes.Block,
            (string name, BlockModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.BlockAsync(name, request, cancellationToken))
            .Described(AuditAction.Block, "Lets a release be run nowhere from now on");
        routes.MapPost(
            RegistryRoutes.Stop,
            (string name, BlockModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.StopAsync(name, request, cancellationToken))
            .Described(AuditAction.Stop, "Blocks a release and puts every agent that runs or tries it back on the champion");
        routes.MapGet(RegistryRoutes.Agents, (ModelQueries queries, CancellationToken cancellationToken) => queries.AgentsAsync(cancellationToken))
            .WithSummary("Agents, what is desired of them and how far they are");
    }
}
