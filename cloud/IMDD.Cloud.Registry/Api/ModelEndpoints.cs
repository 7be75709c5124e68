using IMDD.Cloud.Registry.Models;
using IMDD.Contracts.Registry;
using Microsoft.AspNetCore.Mvc;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Releases, aliases, agents.</summary>
internal static class ModelEndpoints
{
    private const int MaxRequestBytes = 2 << 20;

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RegistryRoutes.Models, (ModelQueries queries, CancellationToken cancellationToken) => queries.ModelsAsync(cancellationToken))
            .WithSummary("All models with their releases").Produces<IReadOnlyList<ModelView>>();
        routes.MapGet(RegistryRoutes.Model, (string name, ModelQueries queries, CancellationToken cancellationToken) => queries.ModelAsync(name, cancellationToken))
            .WithSummary("One model with its releases").ProducesProblem(StatusCodes.Status404NotFound);
        Post(routes.MapPost(
            RegistryRoutes.Model,
            (string name, RegisterModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.RegisterAsync(name, request, cancellationToken)),
            "Registers and signs a release; the same content is registered once");
        Post(routes.MapPost(
            RegistryRoutes.Promote,
            (string name, PromoteModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.PromoteAsync(name, request, cancellationToken)),
            "Makes a release the champion for all, or the challenger for some");
        Post(routes.MapPost(
            RegistryRoutes.Rollback,
            (string name, RollbackModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.RollbackAsync(name, request, cancellationToken)),
            "Runs the champion before the present one again");
        Post(routes.MapPost(
            RegistryRoutes.Block,
            (string name, BlockModel request, ModelRegistry registry, CancellationToken cancellationToken) => registry.BlockAsync(name, request, cancellationToken)),
            "Lets a release be run nowhere from now on");
        routes.MapGet(RegistryRoutes.Agents, (ModelQueries queries, CancellationToken cancellationToken) => queries.AgentsAsync(cancellationToken))
            .WithSummary("Agents, what is desired of them and how far they are");
    }

    private static void Post(RouteHandlerBuilder route, string summary) => route
        .WithSummary(summary)
        .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);
}
