using IMDD.Cloud.Registry.Models;
using IMDD.Contracts;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Training sets, and the way back from a frame.</summary>
internal static class DatasetEndpoints
{
    private const int Default = 100;
    private const int Most = 1000;

    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RegistryRoutes.Release, (string digest, ModelQueries queries, CancellationToken cancellationToken) => queries.ReleaseAsync(Checked(digest), cancellationToken))
            .WithSummary("One release by its digest").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet(
            RegistryRoutes.Dataset,
            (string digest, string? after, int? limit, DatasetBook book, CancellationToken cancellationToken)
                => book.FindAsync(Checked(digest), after is null ? null : Checked(after), Bounded(limit), cancellationToken))
            .WithSummary("A training set and a page of its frames").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet(
            RegistryRoutes.FrameUses,
            (string digest, int? limit, DatasetBook book, CancellationToken cancellationToken) => book.UsesAsync(Checked(digest), Bounded(limit), cancellationToken))
            .WithSummary("Releases in whose training set a frame is, the newest first");
    }

    private static string Checked(string digest) => ContentDigest.IsValid(digest)
        ? digest
        : throw RegistryException.Invalid($"'{Excerpt.Of(digest)}' is not a digest: expected sha256: and 64 lower-case hex digits.");

    private static int Bounded(int? limit) => limit is null or (>= 1 and <= Most)
        ? limit ?? Default
        : throw RegistryException.Invalid($"limit is {limit}: expected 1 to {Most}.");
}
