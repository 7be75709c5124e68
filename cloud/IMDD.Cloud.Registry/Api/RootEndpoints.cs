using System.Text;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Root documents.</summary>
internal static class RootEndpoints
{
    public static void MapRoots(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RegistryRoutes.Root, (RootBook book, CancellationToken cancellationToken) => book.NewestAsync(cancellationToken))
            .WithSummary("The newest root document: which keys may sign releases").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost(
            RegistryRoutes.Root, (PublishRoot request, RootBook book, CancellationToken cancellationToken) => book.PublishAsync(request, cancellationToken))
            .Described(AuditAction.PublishRoot, "Gives agents the next root document");
        routes.MapGet(RegistryRoutes.RootDocument, async (long version, RootBook book, CancellationToken cancellationToken)
            => Results.Text(await book.EnvelopeAsync(version, cancellationToken), "application/json", Encoding.UTF8))
            .WithSummary("The signed root document of a version").ProducesProblem(StatusCodes.Status404NotFound);
    }
}
