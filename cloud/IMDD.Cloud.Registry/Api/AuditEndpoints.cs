using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Api;

/// <summary>The audit log. It can be read and not written.</summary>
internal static class AuditEndpoints
{
    private const int Default = 100;
    private const int Most = 1000;

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet(
        RegistryRoutes.Audit, (long? after, int? limit, IDbContextFactory<RegistryDbContext> contexts) =>
        {
            if (limit is < 1 or > Most || after < 0)
            {
                throw RegistryException.Invalid($"after is {after}, limit is {limit}: expected a sequence, and 1 to {Most}.");
            }

            using var context = contexts.CreateDbContext();
            return AuditLog.Read(context, after ?? 0, limit ?? Default);
        }).WithSummary("Who did what, the oldest first").Produces<AuditPage>().ProducesProblem(StatusCodes.Status400BadRequest);
}
